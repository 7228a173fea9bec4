import { bestOf } from '../weighted.js';
import { en, type Texts } from './en.js';
import { nl } from './nl.js';

const TEXTS = { en, nl } satisfies Record<string, Texts>;

export type Language = keyof typeof TEXTS;

export const LANGUAGES = Object.keys(TEXTS) as readonly Language[];

export const isLanguage = (text: unknown): text is Language => LANGUAGES.includes(text as Language);

export const textsIn = (language: Language): Texts => TEXTS[language];

/**
 * The language a browser asks for: the best of its Accept-Language that there is, English if there is none.
 * @param acceptLanguage such as `nl-BE,nl;q=0.9,en;q=0.8`
 */
export function preferredLanguage(acceptLanguage: string | undefined): Language {
  const tag = bestOf(acceptLanguage, (wish) => isLanguage(languageOf(wish)));
  const language = tag && languageOf(tag);
  return isLanguage(language) ? language : 'en';
}

const languageOf = (tag: string): string | undefined => tag.split('-')[0];

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
  const wishes = (acceptLanguage ?? '')
    .slice(0, 500)
    .split(',')
    .map((wish, order) => {
      const [tag = '', ...parameters] = wish.trim().toLowerCase().split(';');
      const quality = parameters.map((p) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(p)?.[1]).find(Boolean);
      return { language: tag.split('-')[0], quality: Number(quality ?? 1), order };
    });
  const best = wishes
    .filter(({ language, quality }) => isLanguage(language) && quality > 0)
    .toSorted((a, b) => b.quality - a.quality || a.order - b.order)[0];
  return isLanguage(best?.language) ? best.language : 'en';
}

import type { Language } from './texts/languages.js';

/** English dates are written the European way: the ledger's customers are there. */
const LOCALES: Record<Language, string> = { en: 'en-GB', nl: 'nl-NL' };

const MONEY = new Map<string, Intl.NumberFormat>();

/**
 * An amount as people read it: `€12.2109` in English, `€ 12,2109` in Dutch. A decimal string is formatted
 * digit by digit, never through a floating point number.
 * @param amount canonical, such as `"12.2109"`
 * @param currency ISO 4217
 */
export function formatMoney(amount: string, currency: string, language: Language): string {
  return moneyFormat(currency, language).format(amount as `${number}`);
}

/** The sign of a currency as amounts carry it, such as `€`; the code of one that has no sign. */
export const currencySign = (currency: string, language: Language): string =>
  moneyFormat(currency, language)
    .formatToParts(0)
    .find(({ type }) => type === 'currency')?.value ?? currency;

function moneyFormat(currency: string, language: Language): Intl.NumberFormat {
  const key = `${language} ${currency}`;
  let format = MONEY.get(key);
  if (!format) {
    format = new Intl.NumberFormat(LOCALES[language], {
      style: 'currency',
      currency,
      currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: 4,
    });
    MONEY.set(key, format);
  }
  return format;
}

/** An amount as it is typed into a field: no separators but the decimal one, no needless zeros: `12,5`. */
export function formatInput(amount: string, language: Language): string {
  const short = amount.replace(/\.?0+$/, '');
  return language === 'nl' ? short.replace('.', ',') : short;
}

/** Hebrew, Arabic and what else is written from right to left. */
const FROM_RIGHT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;

/** A SIP account as people know it: `31201234567 (Reception)`. */
export const accountLabel = (sipAccountId: string, name: string | undefined): string =>
  name === undefined ? sipAccountId : `${sipAccountId} (${isolated(name)})`;

/** A name from right to left is set apart, or the brackets and figures around it would change places. */
const isolated = (name: string): string => (FROM_RIGHT.test(name) ? `\u2068${name}\u2069` : name);

export const formatCount = (count: number, language: Language): string =>
  count.toLocaleString(LOCALES[language]);

const DATES = mapLanguages(
  (locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }),
);
const TIMES = mapLanguages(
  (locale) => new Intl.DateTimeFormat(locale, { timeStyle: 'medium', timeZone: 'UTC' }),
);

/** The day of an instant, in UTC: `22 Nov 2026`. */
export const formatDate = (instant: string, language: Language): string =>
  DATES[language].format(new Date(instant));

/** The time of day of an instant, in UTC, to the second: `17:51:57`. */
export const formatTime = (instant: string, language: Language): string =>
  TIMES[language].format(new Date(instant));

function mapLanguages<T>(make: (locale: string) => T): Record<Language, T> {
  return { en: make(LOCALES.en), nl: make(LOCALES.nl) };
}

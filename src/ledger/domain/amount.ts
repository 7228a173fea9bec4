import { Big } from 'big.js';
import { AmountMalformed, AmountNotPositive, AmountTooLarge, AmountTooPrecise } from './errors.js';

/** Canonical form of an amount of money: a decimal string with exactly four decimals, such as `"12.2109"`. */
export type Amount = string & { readonly __brand: 'Amount' };

export const ZERO = '0.0000' as Amount;

const DECIMALS = 4;
/** Digits before the point. */
const MAX_DIGITS = 12;
const PLAIN_DECIMAL = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?$/;
const CANONICAL = /^(0|[1-9][0-9]{0,11})\.[0-9]{4}$/;

/**
 * Reads an amount that somebody wrote: plain decimal notation, above zero, at most four decimals.
 * @throws AmountMalformed, AmountNotPositive, AmountTooPrecise, AmountTooLarge
 */
export function parseAmount(text: string): Amount {
  if (isCanonicalAmount(text)) return text;
  if (!PLAIN_DECIMAL.test(text)) throw new AmountMalformed(text);
  if (text.startsWith('-')) throw new AmountNotPositive(text);
  const decimals = text.length - 1 - text.indexOf('.');
  if (text.includes('.') && decimals > DECIMALS) throw new AmountTooPrecise(text);
  const value = new Big(text);
  if (value.eq(0)) throw new AmountNotPositive(text);
  if (isTooLarge(value)) throw new AmountTooLarge(text);
  return formatAmount(value);
}

/**
 * Whether a sum is above 999999999999.9999, the largest amount and the largest balance of any account. Told by its
 * exponent: to compare it, big.js would copy it.
 */
export const isTooLarge = (value: Big): boolean => value.e >= MAX_DIGITS;

/** The same of the sum of two, which is at most one digit longer than the longer of them: mostly it is not even made. */
export const isSumTooLarge = (one: Big, other: Big): boolean =>
  Math.max(one.e, other.e) >= MAX_DIGITS - 1 && isTooLarge(one.plus(other));

/** True for an amount in the form in which events hold it: canonical, and above zero. */
export const isCanonicalAmount = (value: unknown): value is Amount =>
  typeof value === 'string' && CANONICAL.test(value) && value !== ZERO;

/** Writes a sum in canonical form. Sums of canonical amounts have at most four decimals, so nothing is rounded. */
export function formatAmount(sum: Big): Amount {
  const { s, e, c } = sum;
  if (s < 0 || e < 0 || c.length > e + 1 + DECIMALS) return sum.toFixed(DECIMALS) as Amount;
  // The digits as they are, of which e follow the first one before the point: big.js copies a sum to round it.
  let text = '';
  for (let at = 0; at <= e + DECIMALS; at++) {
    text += at < c.length ? c[at] : 0;
    if (at === e) text += '.';
  }
  return text as Amount;
}

/**
 * A sum that is kept for long: big.js leaves its list of digits room for more, most of what it takes in memory, and
 * balances are kept by the ten thousand.
 */
export function kept(sum: Big): Big {
  sum.c = sum.c.slice();
  return sum;
}

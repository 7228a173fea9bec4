import { AmountMalformed } from '../ledger/domain/errors.js';
import { parseAmount, type Amount } from '../ledger/domain/amount.js';
import type { Language } from './texts/languages.js';

/** Only the language's own decimal sign: `1.500` means one thing to a Dutch reader and another to an English one. */
const TYPED: Record<Language, RegExp> = {
  en: /^-?(?:\d+\.?\d*|\.\d+)$/,
  nl: /^-?(?:\d+,?\d*|,\d+)$/,
};

/**
 * Reads an amount that a person typed: `12,5` in Dutch, `12.5` in English. No thousands separators, and no sign of
 * a currency but the account's own: `$100` is no amount of an account in euros.
 * @throws AmountMalformed, AmountNotPositive, AmountTooPrecise, AmountTooLarge
 */
export function readAmountInput(text: string, language: Language, sign: string): Amount {
  const trimmed = text.trim();
  const typed = trimmed.startsWith(sign) ? trimmed.slice(sign.length).trim() : trimmed;
  if (typed.length > 64 || !TYPED[language].test(typed)) throw new AmountMalformed(text);
  const [, minus = '', whole = '', decimals = ''] = /^(-?)0*(\d*)[.,]?(\d*)$/.exec(typed) ?? [];
  return parseAmount(`${minus}${whole || '0'}${decimals && `.${decimals}`}`);
}

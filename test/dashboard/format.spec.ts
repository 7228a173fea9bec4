import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { readAmountInput } from '../../src/dashboard/amount-input.js';
import {
  currencySign,
  formatDate,
  formatInput,
  formatMoney,
  formatTime,
} from '../../src/dashboard/format.js';
import { LANGUAGES, preferredLanguage } from '../../src/dashboard/texts/languages.js';
import { AmountMalformed, AmountNotPositive, AmountTooPrecise } from '../../src/ledger/domain/errors.js';

const spaced = (text: string) => text.replaceAll('\u00a0', ' ');

const amounts = fc
  .bigInt({ min: 1n, max: 9_999_999_999_999_999n })
  .map((units) => `${units / 10_000n}.${String(units % 10_000n).padStart(4, '0')}`);

describe('amounts on a page', () => {
  it('have the decimal sign of the language and always four decimals', () => {
    expect(formatMoney('12.2109', 'EUR', 'en')).toBe('€12.2109');
    expect(spaced(formatMoney('12.2109', 'EUR', 'nl'))).toBe('€ 12,2109');
    expect(spaced(formatMoney('0.0000', 'EUR', 'nl'))).toBe('€ 0,0000');
    expect(formatMoney('1234.5000', 'USD', 'en')).toBe('$1,234.5000');
    expect(formatMoney('3.0000', 'JPY', 'en')).toBe('¥3.0000');
    expect(spaced(formatMoney('3.0000', 'CHF', 'nl'))).toBe('CHF 3,0000');
  });

  it('carry the sign of their currency, or its code', () => {
    expect(['EUR', 'USD', 'KWD'].map((currency) => currencySign(currency, 'nl'))).toEqual(['€', '$', 'KWD']);
  });

  it('keep every digit of the largest amount', () => {
    expect(formatMoney('999999999999.9999', 'EUR', 'en')).toBe('€999,999,999,999.9999');
  });

  it('lose no digit on any amount in any language', () => {
    fc.assert(
      fc.property(amounts, fc.constantFrom(...LANGUAGES), (amount, language) => {
        const digits = formatMoney(amount, 'EUR', language).replaceAll(/\D/g, '');
        expect(digits).toBe(amount.replace('.', ''));
      }),
    );
  });
});

describe('an amount that a person types', () => {
  it.each([
    ['en', '12.5', '12.5000'],
    ['nl', '12,5', '12.5000'],
    ['nl', ' € 12,2109 ', '12.2109'],
    ['en', '€12.2109', '12.2109'],
    ['en', '.5', '0.5000'],
    ['nl', ',5', '0.5000'],
    ['en', '05', '5.0000'],
    ['en', '5.', '5.0000'],
    ['nl', '100', '100.0000'],
  ] as const)('in %s, %s is %s', (language, text, amount) => {
    expect(readAmountInput(text, language, '€')).toBe(amount);
  });

  it.each([
    ['nl', '12.5'],
    ['nl', '1.500'],
    ['en', '12,5'],
    ['en', '1,500'],
    ['en', '1e3'],
    ['en', 'NaN'],
    ['en', ''],
    ['en', '.'],
    ['en', '１２'],
    ['en', '1 000'],
    ['en', '=1+1'],
    ['en', '$5'],
    ['en', '€€5'],
    ['en', '0'.repeat(100)],
  ] as const)('in %s, %s is not guessed at', (language, text) => {
    expect(() => readAmountInput(text, language, '€')).toThrow(AmountMalformed);
  });

  it('is refused for what it is', () => {
    expect(() => readAmountInput('0', 'en', '€')).toThrow(AmountNotPositive);
    expect(() => readAmountInput('-5', 'nl', '€')).toThrow(AmountNotPositive);
    expect(() => readAmountInput('1,23456', 'nl', '€')).toThrow(AmountTooPrecise);
  });

  it('may be what the page itself filled in', () => {
    fc.assert(
      fc.property(amounts, fc.constantFrom(...LANGUAGES), (amount, language) => {
        expect(readAmountInput(formatInput(amount, language), language, '€')).toBe(amount);
      }),
    );
  });
});

describe('moments', () => {
  it('are in UTC', () => {
    expect(formatDate('2026-11-22T23:59:59.999Z', 'en')).toBe('22 Nov 2026');
    expect(formatDate('2026-11-22T23:59:59.999Z', 'nl')).toBe('22 nov 2026');
    expect(formatTime('2026-11-22T23:59:59.999Z', 'nl')).toBe('23:59:59');
  });
});

describe('the language of a page', () => {
  it.each([
    ['nl-BE,nl;q=0.9,en;q=0.8', 'nl'],
    ['en-US,en;q=0.5', 'en'],
    ['fr, en;q=0.2, nl;q=0.7', 'nl'],
    ['nl;q=0, en;q=0.1', 'en'],
    ['de', 'en'],
    ['', 'en'],
    [undefined, 'en'],
    [';;;=,,q', 'en'],
  ])('for Accept-Language %s is %s', (header, language) => {
    expect(preferredLanguage(header)).toBe(language);
  });
});

import { describe, expect, it } from '@jest/globals';
import { Big } from 'big.js';
import * as fc from 'fast-check';
import {
  formatAmount,
  isCanonicalAmount,
  isSumTooLarge,
  parseAmount,
} from '../../src/ledger/domain/amount.js';
import { refusalOf } from '../support/given.js';

describe('an amount', () => {
  it.each([
    ['1', '1.0000'],
    ['12.2109', '12.2109'],
    ['0.0001', '0.0001'],
    ['12.5', '12.5000'],
    ['999999999999.9999', '999999999999.9999'],
  ])('reads %s as %s', (text, canonical) => expect(parseAmount(text)).toBe(canonical));

  it.each([
    '1e3',
    '01.00',
    ' 1',
    '1 ',
    '+1',
    '1.',
    '.5',
    '1,5',
    '',
    'NaN',
    'Infinity',
    '１',
    '0x10',
    '1_000',
    '--1',
  ])('refuses %j as malformed', (text) =>
    expect(refusalOf(() => parseAmount(text)).code).toBe('invalid-request'),
  );

  it.each(['0', '0.0000', '-1', '-0', '-0.00001'])('refuses %s as not positive', (text) =>
    expect(refusalOf(() => parseAmount(text)).code).toBe('amount-not-positive'),
  );

  it.each(['1.23456', '0.00001', '1.00000'])('refuses %s as too precise', (text) =>
    expect(refusalOf(() => parseAmount(text)).code).toBe('amount-too-precise'),
  );

  it.each(['1000000000000', '1000000000000.0001', '9'.repeat(1000)])('refuses %s as too large', (text) =>
    expect(refusalOf(() => parseAmount(text)).code).toBe('amount-too-large'),
  );

  it('quotes at most 64 characters of what it refuses', () =>
    expect(refusalOf(() => parseAmount('9'.repeat(5000))).message.length).toBeLessThan(120));

  it('is written as big.js would, whatever the sum', () =>
    fc.assert(
      fc.property(fc.bigInt(), fc.integer({ min: -8, max: 8 }), (digits, exponent) => {
        const sum = new Big(`${digits}e${exponent}`);
        for (const each of [sum, sum.minus(sum)]) expect(formatAmount(each)).toBe(each.toFixed(4));
      }),
    ));

  it('goes from ten-thousandths to text and back without a loss', () =>
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 9_999_999_999_999_999n }), (units) => {
        const text = formatAmount(new Big(units.toString()).div(10_000));
        expect(parseAmount(text)).toBe(text);
        expect(isCanonicalAmount(text)).toBe(true);
        expect(BigInt(text.replace('.', ''))).toBe(units);
      }),
    ));

  it.each(['0.0000', '1000000000000.0000', '1', '1.000', '01.0000', '1.00000', '-1.0000', 1, null])(
    '%j is not canonical',
    (value) => expect(isCanonicalAmount(value)).toBe(false),
  );
});

it('tells that a sum is too large without making it, unless it is close', () => {
  const units = fc.bigInt({ min: 0n, max: 10n ** 16n - 1n });
  const close = fc.bigInt({ min: 10n ** 16n - 3n, max: 10n ** 16n - 1n });
  const sum = (value: bigint): Big => new Big(value.toString()).div(10_000);
  fc.assert(
    fc.property(fc.oneof(units, close), fc.oneof(units, close, fc.constantFrom(0n, 1n, 2n)), (one, other) => {
      expect(isSumTooLarge(sum(one), sum(other))).toBe(one + other >= 10n ** 16n);
    }),
  );
});

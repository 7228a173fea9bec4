import { describe, expect, it } from '@jest/globals';
import { keyHash } from '../../src/projections/accounts/key-hash.js';

const accounts = Array.from({ length: 100 }, (_, n) => `customer-${n}`);
const spread = (hashes: readonly number[]): number => Math.max(...hashes) - Math.min(...hashes);
/** Of hashes that begin alike. */
const NEIGHBOURS = 2 ** 35;

describe('the hash of a key', () => {
  it('puts running numbers side by side, in one account and in many', () => {
    const numbers = accounts.map((_, n) => `order-${4200 + n}`);
    for (const hashes of [
      numbers.map((key) => keyHash('acme', key)),
      numbers.map((key, n) => keyHash(accounts[n]!, key)),
    ]) {
      expect(hashes).toEqual(hashes.toSorted((a, b) => a - b));
      expect(spread(hashes)).toBeLessThan(NEIGHBOURS);
      expect(new Set(hashes).size).toBe(100);
    }
  });

  it('puts those side by side that have the number of their own account', () => {
    const hashes = accounts.map((account) => keyHash(account, '2026-11'));
    expect(spread(hashes)).toBeLessThan(2 ** 21);
    expect(new Set(hashes).size).toBe(100);
  });

  it('puts UUIDs of version 7 side by side that are of one quarter of a second, and none of version 4', () => {
    const uuids = (begin: string, version: number): number[] =>
      accounts.map((account, n) =>
        keyHash(
          account,
          `${begin}${String(n).padStart(2, '0')}-${version}abc-8abc-9d41${n}e6b7`.padEnd(36, '0'),
        ),
      );
    expect(spread(uuids('0192f3a4-5b', 7))).toBeLessThan(NEIGHBOURS);
    expect(spread([...uuids('0192f3a4-5b', 7), ...uuids('0192f3a4-5c', 7)])).toBeGreaterThan(NEIGHBOURS);
    expect(spread(uuids('0192f3a4-5b', 4))).toBeGreaterThan(NEIGHBOURS);
  });

  it('is the same whichever was asked for before', () => {
    const keys = ['run-0001', 'run-0002', 'run-0101', 'other', '', 'run-0002'];
    const asked = keys.flatMap((key) => [keyHash('acme', key), keyHash('other', key)]);
    const again = keys
      .toReversed()
      .flatMap((key) => [keyHash('other', key), keyHash('acme', key)])
      .toReversed();
    expect(again).toEqual(asked);
    // As it has been: those that are stored are to be found.
    expect(asked.slice(0, 4)).toEqual([
      8_075_479_217_368_873, 8_075_479_218_704_942, 8_075_479_219_466_025, 8_075_479_220_802_094,
    ]);
  });

  it('tells short keys and accounts apart', () => {
    const pairs = ['a', 'b', 'aa', 'ab', 'aaa', '~~'].flatMap((key) => [
      keyHash('m', key),
      keyHash('n', key),
    ]);
    expect(new Set(pairs).size).toBe(pairs.length);
    expect(pairs.every(Number.isSafeInteger)).toBe(true);
  });

  it('tells keys of one account apart that end alike, whatever they begin with', () => {
    const hashes = Array.from({ length: 20_000 }, (_, n) => keyHash('acme', `order-${n}00`));
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

import { readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { sha256 } from '../../src/audit/event-hash.js';
import { digestStart, KeyIndex } from '../../src/audit/key-index.js';

const digestOf = (key: number): string => sha256(String(key));

/** As the auditor has it: its first words, with a sign. */
const startOf = (key: number) => {
  const bytes = Buffer.from(digestOf(key), 'hex');
  return { first: bytes.readInt32BE(0), second: bytes.readInt32BE(4) };
};

function suspectsOf(capacity: number, keys: Iterable<number>): ReadonlySet<bigint> {
  const index = new KeyIndex(capacity);
  try {
    for (const key of keys) index.add(startOf(key));
    return index.suspects();
  } finally {
    index.close();
  }
}

describe('the index of keys', () => {
  const once = Array.from({ length: 5_000 }, (_, key) => key);

  it('suspects no key that was used once', () => {
    expect(suspectsOf(10_000, once).size).toBe(0);
    expect(suspectsOf(100, once).size).toBe(0);
  });

  it('suspects a key that was used twice, however far apart, in memory and on disk', () => {
    const expected = new Set([17, 4_999].map((key) => digestStart(digestOf(key))));
    for (const capacity of [10_000, 5_002, 1_000, 7])
      expect(suspectsOf(capacity, [...once, 17, 4_999])).toEqual(expected);
    expect(suspectsOf(1, [17, 17, 4_999, 4_999])).toEqual(expected);
  });

  it('takes eight bytes of the disk for each key, and leaves nothing there', () => {
    const directories = () =>
      readdirSync(tmpdir()).filter((name) => name.startsWith('credit-ledger-verify-'));
    const index = new KeyIndex(100);
    for (const key of once) index.add(startOf(key));
    index.suspects();
    const directory = join(tmpdir(), directories()[0] ?? '');
    const sizes = readdirSync(directory).map((name) => statSync(join(directory, name)).size);
    expect(sizes.reduce((all, size) => all + size)).toBe(8 * once.length);
    index.close();
    expect(directories()).toEqual([]);
  });

  it('suspects every key when all were used twice', () => {
    for (const capacity of [10_000, 1_000])
      expect(suspectsOf(capacity, [...once, ...once]).size).toBe(once.length);
  });
});

import { describe, expect, it } from '@jest/globals';
import { array, assert, constantFrom, integer, oneof, property, string, tuple } from 'fast-check';
import { idOfDigest, keyDigest, sha256 } from '../../src/audit/event-hash.js';
import { isIdOf, KeyDigests, type KeyDigest } from '../../src/audit/key-digests.js';

const hexadecimal = ({ first, second, third }: KeyDigest): string =>
  [first, second, third].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');

const text = oneof(
  string({ unit: 'grapheme-ascii', maxLength: 30 }),
  string({ unit: 'binary', maxLength: 30 }),
  string({ unit: constantFrom('\0', '/', '0', '\x7f', '\x80', '\xff', '\ud800') }),
);

describe.each([
  ['by fours', new KeyDigests()],
  ['one by one', new KeyDigests(null)],
])('the digests of keys, made %s', (_, keys) => {
  it('are those of hashing each', () =>
    assert(
      property(array(tuple(text, text), { maxLength: 12 }), (names) => {
        const digests = names.map(([account, key]) => keys.of(account, key));
        keys.finish();
        expect(digests.map(hexadecimal)).toEqual(
          names.map(([account, key]) => keyDigest(account, key).slice(0, 24)),
        );
      }),
    ));

  it('are those of keys of any length', () => {
    const names = Array.from({ length: 130 }, (_any, length) => 'k'.repeat(length));
    const digests = names.map((key) => keys.of('main', key));
    keys.finish();
    expect(digests.map(hexadecimal)).toEqual(names.map((key) => keyDigest('main', key).slice(0, 24)));
  });

  it('stay as they are when others are made', () => {
    const one = keys.of('main', 'one');
    keys.finish();
    for (let n = 0; n < 9; n++) keys.of('main', `another ${n}`);
    keys.finish();
    expect(hexadecimal(one)).toBe(keyDigest('main', 'one').slice(0, 24));
  });
});

describe('the id of an event', () => {
  const made = (nth: number) => {
    const unhashed = JSON.stringify({ nth });
    const keys = new KeyDigests();
    const digest = keys.of('main', `key ${nth}`);
    keys.finish();
    const id = idOfDigest(keyDigest('main', `key ${nth}`), { unhashed });
    return { id, digest, metadataHash: sha256(unhashed) };
  };

  it('is what its key and its metadata make', () =>
    assert(
      property(integer(), (nth) => {
        const { id, digest, metadataHash } = made(nth);
        expect(isIdOf(id, digest, metadataHash)).toBe(true);
      }),
    ));

  it('is no other', () =>
    assert(
      property(integer(), integer({ min: 0, max: 35 }), text, (nth, at, put) => {
        const { id, digest, metadataHash } = made(nth);
        const changed = id.slice(0, at) + put + id.slice(at + put.length);
        for (const other of [changed, id.slice(0, at), `${id}${put}`, id.toUpperCase()])
          expect(isIdOf(other, digest, metadataHash)).toBe(other === id);
      }),
    ));

  it('is no other by a single digit', () => {
    const { id, digest, metadataHash } = made(1);
    for (let at = 0; at < id.length; at++)
      for (const put of '0123456789abcdefg-/:`@\x10\u0130\u0161') {
        const other = id.slice(0, at) + put + id.slice(at + 1);
        expect(isIdOf(other, digest, metadataHash)).toBe(other === id);
      }
  });
});

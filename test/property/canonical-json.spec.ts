import { describe, expect, it } from '@jest/globals';
import { assert, dictionary, property, string } from 'fast-check';
import { canonicalJson } from '../../src/ledger/seal.js';
import { canonicalJsonByLibrary as byLibrary } from '../support/canonicalize.js';

describe('canonical JSON of texts', () => {
  it('is that of the library, in whatever order the members come', () =>
    assert(
      property(dictionary(string({ unit: 'binary' }), string({ unit: 'binary' })), (texts) => {
        const inOrder = Object.fromEntries(Object.entries(texts).toSorted(([a], [b]) => (a < b ? -1 : 1)));

        expect(canonicalJson(texts)).toBe(byLibrary(texts));
        expect(canonicalJson(inOrder)).toBe(byLibrary(texts));
      }),
    ));

  it('sorts what comes in another order', () =>
    expect(canonicalJson({ type: 'AddCredit', amount: '1.0000' })).toBe(
      '{"amount":"1.0000","type":"AddCredit"}',
    ));
});

import { describe, expect, it } from '@jest/globals';
import { assert, constantFrom, dictionary, property, string } from 'fast-check';
import { canonicalJson } from '../../src/ledger/canonical-json.js';
import { canonicalJsonByLibrary as byLibrary } from '../support/canonicalize.js';

const NAMES = ['amount', 'currency', 'mainAccountId', 'sipAccountId', 'typ', 'types', 'under_way', '10', '9'];

describe('canonical JSON of texts', () => {
  const texts = dictionary(constantFrom(...NAMES), string({ unit: 'binary' }));

  it('is that of the library, in whatever order the members come', () =>
    assert(
      property(texts, (members) => {
        const inOrder = Object.fromEntries(Object.entries(members).toSorted(([a], [b]) => (a < b ? -1 : 1)));

        for (const each of [members, inOrder]) {
          expect(canonicalJson(each)).toBe(byLibrary(members));
          expect(canonicalJson(each, 'AddCredit')).toBe(byLibrary({ ...members, type: 'AddCredit' }));
        }
      }),
    ));

  it('leaves out what is not there', () => {
    const members: { amount?: string; reference: string } = { reference: 'R' };
    Object.assign(members, { amount: undefined });
    expect(canonicalJson(members, 'PurchaseCredit')).toBe('{"reference":"R","type":"PurchaseCredit"}');
  });
});

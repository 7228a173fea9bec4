import { describe, expect, it } from '@jest/globals';
import { assert, constantFrom, dictionary, oneof, property, string } from 'fast-check';
import { canonicalJson } from '../../src/ledger/canonical-json.js';
import { canonicalJsonByLibrary as byLibrary } from '../support/canonicalize.js';

const NAMES = ['amount', 'currency', 'mainAccountId', 'sipAccountId', 'typ', 'types', 'under_way', '10', '9'];

describe('canonical JSON of texts', () => {
  const unit = constantFrom('a', '"', '\\', '\n', '\u007f', 'é', '\ud800');
  const texts = dictionary(constantFrom(...NAMES), oneof(string({ unit: 'binary' }), string({ unit })));

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

  it.each([
    { amount: undefined, reference: 'R' },
    { reference: 'R', amount: undefined },
  ])('leaves out what is not there', (members: object) =>
    expect(canonicalJson(members as { amount?: string; reference: string }, 'PurchaseCredit')).toBe(
      '{"reference":"R","type":"PurchaseCredit"}',
    ),
  );
});

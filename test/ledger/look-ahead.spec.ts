import { describe, expect, it } from '@jest/globals';
import type { KnownCommand } from '../../src/ledger/accounts-index.js';
import { LookAhead } from '../../src/ledger/look-ahead.js';
import { EmptyIndex } from '../support/ledger.js';

const KNOWN: KnownCommand = { fingerprint: 'f', receipt: '{}', position: 1n };
const key = (idempotencyKey: string) => ({ mainAccountId: 'acme', idempotencyKey });

/** Knows one command, and counts how it is asked. */
class CountingIndex extends EmptyIndex {
  singly = 0;
  atOnce = 0;
  fails = false;

  override command(_mainAccountId?: string, idempotencyKey?: string): KnownCommand | undefined {
    if (this.fails) throw new Error('cannot be read');
    this.singly += 1;
    return idempotencyKey === 'known' ? KNOWN : undefined;
  }

  override commands(keys: readonly { readonly idempotencyKey: string }[]): (KnownCommand | undefined)[] {
    if (this.fails) throw new Error('cannot be read');
    this.atOnce += 1;
    return keys.map(({ idempotencyKey }) => (idempotencyKey === 'known' ? KNOWN : undefined));
  }
}

describe('looking ahead', () => {
  it('asks once for many keys, and by itself for one that was not foreseen', () => {
    const index = new CountingIndex();
    const ahead = new LookAhead(index);
    const found = ahead.during([key('known'), key('new')], () =>
      ['known', 'new', 'other'].map((name) => ahead.command('acme', name)),
    );
    expect(found).toEqual([KNOWN, undefined, undefined]);
    expect([index.atOnce, index.singly]).toEqual([1, 1]);
  });

  it('remembers nothing beyond, also when the work throws', () => {
    const index = new CountingIndex();
    const ahead = new LookAhead(index);
    expect(() =>
      ahead.during([key('new')], () => {
        throw new RangeError();
      }),
    ).toThrow(RangeError);
    ahead.command('acme', 'new');
    expect(index.singly).toBe(1);
  });

  it('leaves it to each key to meet a fault of the index', () => {
    const index = new CountingIndex();
    index.fails = true;
    const ahead = new LookAhead(index);
    expect(ahead.during([key('known')], () => 'done')).toBe('done');
    expect(() => ahead.during([key('known')], () => ahead.command('acme', 'known'))).toThrow(
      'cannot be read',
    );
  });
});

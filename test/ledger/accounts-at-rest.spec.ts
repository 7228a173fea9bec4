import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AccountWriter } from '../../src/ledger/account-writer.js';
import { AccountsAtRest, HeldAccount } from '../../src/ledger/accounts-at-rest.js';

const MB = 1_000_000;

/** What accounts at rest look at of a writer. */
interface Writer {
  readonly mainAccountId: string;
  readonly bytes: number;
  readonly inDoubt: boolean;
  readonly prune: () => boolean;
}

describe('accounts at rest', () => {
  let atRest: AccountsAtRest;
  let held: Map<string, HeldAccount>;
  let pruned: string[];
  beforeEach(() => {
    held = new Map();
    atRest = new AccountsAtRest(({ writer }) => held.delete(writer.mainAccountId));
    pruned = [];
  });

  const add = (mainAccountId: string, bytes: number, more: Partial<Writer> = {}): void => {
    const prune = () => pruned.push(mainAccountId) > 0;
    const writer: Writer = { mainAccountId, bytes, inDoubt: false, prune, ...more };
    const account = new HeldAccount(writer as AccountWriter);
    held.set(mainAccountId, account);
    atRest.add(account);
  };
  const take = (mainAccountId: string): boolean => {
    const account = held.get(mainAccountId);
    if (!account?.isAtRest) return false;
    atRest.take(account);
    return !account.isAtRest;
  };
  const areHere = (...mainAccountIds: readonly string[]): string[] => mainAccountIds.filter(take);

  it('take 256 MB together: those that have been here the longest leave first', () => {
    for (const each of ['a', 'b', 'c', 'd']) add(each, 80 * MB);
    expect(areHere('a', 'b', 'c', 'd')).toEqual(['b', 'c', 'd']);
  });

  it('leave nothing counted that has left: whoever comes back is the last to go', () => {
    for (const each of ['a', 'b', 'c']) add(each, 80 * MB);
    expect(areHere('a')).toEqual(['a']);
    add('a', 90 * MB);
    expect(areHere('b', 'c', 'a')).toEqual(['b', 'c', 'a']);
    for (const each of ['b', 'c', 'a', 'd']) add(each, 80 * MB);
    expect(areHere('b', 'c', 'a', 'd')).toEqual(['c', 'a', 'd']);
  });

  it('keep one that is larger than all may be, by itself', () => {
    add('small', 1);
    add('large', 300 * MB);
    expect(areHere('small', 'large')).toEqual(['large']);
  });

  it('forget none that is in doubt, and say when there is no room for more', () => {
    add('doubtful', 31 * MB, { inDoubt: true });
    expect(atRest.full).toBe(false);
    add('another', 1 * MB, { inDoubt: true });
    expect(atRest.full).toBe(true);
    for (const each of ['a', 'b', 'c', 'd']) add(each, 80 * MB);
    expect(atRest.takeInDoubt()?.writer.mainAccountId).toBe('doubtful');
    expect(atRest.full).toBe(false);
    expect(areHere('another')).toEqual(['another']);
    expect(atRest.takeInDoubt()).toBeUndefined();
  });

  it('are asked to forget what the index has until one has not all of it there, and not those that left', () => {
    for (const each of ['a', 'b', 'c', 'd']) add(each, 80 * MB);
    take('b');
    add('late', 1, { prune: () => false });
    add('last', 1);
    atRest.prune();
    expect(pruned).toEqual(['c', 'd']);
    pruned.length = 0;
    atRest.prune();
    expect(pruned).toEqual([]);
  });
});

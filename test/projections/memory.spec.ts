import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LogEntry } from '../../src/projections/log-entry.js';
import { AccountFolds } from '../../src/projections/accounts/account-folds.js';
import { accountsProjection } from '../../src/projections/accounts/accounts-projection.js';
import { conservationProjection } from '../../src/projections/conservation/conservation-projection.js';
import { RecentReads } from '../../src/projections/recent-reads.js';
import { TILE, treeProjection } from '../../src/projections/tree/tree-projection.js';
import { openDatabase, value, type Connection } from '../../src/sqlite/database.js';

const hash = (n: number): string => n.toString(16).padStart(64, '0');

function entryOf(mainAccountId: string, revision: number, event: unknown, position = 1): LogEntry {
  const metadata = {
    idempotencyKey: `key-${position}`,
    fingerprint: hash(0),
    recordedAt: '',
    actor: 'key:test',
    previousHash: hash(revision),
    hash: hash(revision + 1),
  };
  return { recorded: { revision, position: BigInt(position) }, mainAccountId, event, metadata } as LogEntry;
}

describe('what the projections keep in memory', () => {
  let db: Connection;
  beforeEach(() => {
    db = openDatabase(':memory:');
  });
  afterEach(() => db.close());

  it('is bounded in SIP accounts, also of accounts that grow one by one', () => {
    db.exec(accountsProjection.ddl);
    const folds = new AccountFolds(db);
    const accounts = Array.from({ length: 500 }, (_, i) => `account-${i}`);
    const book = (revision: number, type: string, data: object): void => {
      for (const account of accounts) folds.evolve(entryOf(account, revision, { type, data }));
      folds.settle();
    };
    book(0, 'MainAccountOpened', { currency: 'EUR' });
    // What is no more in memory would be looked for in the rows, which are not written here.
    for (let sip = 1; sip <= 50; sip += 1) book(sip, 'SipAccountAdded', { sipAccountId: `sip-${sip}` });
    expect(() => book(51, 'SipAccountAdded', { sipAccountId: 'sip-51' })).toThrow('revision 51 comes after');
  });

  it.each([
    [accountsProjection, 'main_accounts'],
    [conservationProjection, 'conservation'],
  ])('is bounded in accounts whose rows are written before a build ends', (projection, table) => {
    db.exec(projection.ddl);
    const writer = projection.open(db);
    const event = { type: 'MainAccountOpened', data: { currency: 'EUR' } };
    for (let i = 1; i <= 50_000; i += 1) writer.apply?.(entryOf(`account-${i}`, 0, event, i));
    const written = () => Number(value(db, `SELECT count(*) FROM ${table}`));
    expect(50_000 - written()).toBeLessThan(25_000);
    writer.flush();
    expect(written()).toBe(50_000);
  });

  it('is bounded in accounts whose answers are remembered', () => {
    const reads = new RecentReads<object>();
    const isRead = (account: number): boolean => {
      let read = false;
      reads.of(`mainAccount-${account}`, () => ((read = true), {}));
      return read;
    };
    for (let account = 0; account < 10_000; account += 1) isRead(account);
    expect([isRead(9999), isRead(0)]).toEqual([false, true]);
  });

  it('is bounded in tiles of the tree, which are written before a build ends', () => {
    db.exec(treeProjection.ddl);
    const writer = treeProjection.open(db);
    for (let i = 1; i <= 600 * TILE; i += 1) writer.apply?.(entryOf('acme', i, {}, i));
    const written = Number(value(db, 'SELECT count(*) FROM tree_tiles'));
    writer.flush();

    expect(written).toBeGreaterThan(400);
    expect(value(db, 'SELECT count(*) FROM tree_tiles WHERE level = 0')).toBe(600);
    expect(value(db, 'SELECT sum(length(hashes)) / 32 FROM tree_tiles WHERE level = 0')).toBe(600 * TILE);
  });
});

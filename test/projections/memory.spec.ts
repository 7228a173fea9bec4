import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LogEntry } from '../../src/projections/log-entry.js';
import { AccountFolds } from '../../src/projections/accounts/account-folds.js';
import { accountsProjection } from '../../src/projections/accounts/accounts-projection.js';
import { TILE, treeProjection } from '../../src/projections/tree/tree-projection.js';
import { openDatabase, value, type Connection } from '../../src/sqlite/database.js';

const hash = (n: number): string => n.toString(16).padStart(64, '0');

function entryOf(mainAccountId: string, revision: number, event: unknown, position = 1): LogEntry {
  const metadata = { previousHash: hash(revision), hash: hash(revision + 1), recordedAt: '' };
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

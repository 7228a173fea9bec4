import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LedgerEvent } from '../../src/ledger/domain/events.js';
import { accountsProjection } from '../../src/projections/accounts/accounts-projection.js';
import { conservationProjection } from '../../src/projections/conservation/conservation-projection.js';
import { readEntry } from '../../src/projections/log-entry.js';
import type { ProjectionWriter } from '../../src/projections/projection.js';
import { treeProjection } from '../../src/projections/tree/tree-projection.js';
import { openDatabase, query, type Connection } from '../../src/sqlite/database.js';
import { added, allocated, LogBuilder, opened, purchased } from '../audit/support/good-log.js';

/** More events than a tile holds, of an account that is there, with another one opened on either side of the middle. */
function entries() {
  const log = new LogBuilder();
  const book = (account: string, ...events: readonly LedgerEvent[]) => {
    for (const event of events) log.add(account, event);
  };
  const moves = Array.from({ length: 20 }, () => allocated('desk', '1.0000'));
  book('acme', opened, purchased('100.0000'), added('desk'), ...moves);
  book('early', opened);
  const middle = log.events.length;
  book('acme', ...moves, added('attic'));
  book('late', opened, purchased('1.0000'));
  const all = log.events.map(readEntry);
  return { before: all.slice(0, middle), batch: all.slice(middle) };
}

describe.each([accountsProjection, treeProjection, conservationProjection])(
  'a batch of the projection $name that is rolled back',
  (projection) => {
    let db: Connection;
    let writer: ProjectionWriter;
    const { before, batch } = entries();
    const begin = () => {
      db = openDatabase(':memory:');
      db.exec(projection.ddl);
      writer = projection.open(db);
      apply(before);
      writer.flush();
      db.exec('BEGIN');
    };
    beforeEach(begin);
    afterEach(() => db.close());

    const apply = (some: typeof batch): void => {
      for (const entry of some) writer.apply?.(entry);
    };
    const rollBack = (): void => {
      writer.forget();
      db.exec('ROLLBACK');
    };
    const rowsAfter = (some: typeof batch) => {
      apply(some);
      writer.flush();
      return projection.tables
        .filter((table) => db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(table))
        .map((table) => query(db, `SELECT * FROM ${table} ORDER BY 1, 2`).all());
    };
    const rowsOfBatch = () => {
      const rows = [rowsAfter([]), rowsAfter(batch)];
      db.close();
      begin();
      return rows;
    };

    it('when an event of it failed, is as if it had never been applied', () => {
      const expected = rowsOfBatch();
      apply(batch);
      rollBack();
      expect([rowsAfter([]), rowsAfter(batch)]).toEqual(expected);
    });

    it('when its commit failed, is as if it had never been written', () => {
      const expected = rowsOfBatch();
      apply(batch);
      writer.flush();
      rollBack();
      expect([rowsAfter([]), rowsAfter(batch)]).toEqual(expected);
    });
  },
);

import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '../../src/event-store/errors.js';
import { openReadModels } from '../../src/projections/read-models-file.js';
import { ReadModels } from '../../src/projections/read-models.js';
import { openDatabase, type Connection } from '../../src/sqlite/database.js';

describe('what one turn of the event loop reads', () => {
  let directory: string;
  let writer: Connection;
  let models: ReadModels;

  const write = (value: number): void => writer.exec(`UPDATE rows SET value = ${value}`);
  const read = (): number | undefined =>
    models.inThisTurn(() => models.query<{ value: number }>('SELECT value FROM rows').get()?.value);

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ledger-'));
    writer = openReadModels(join(directory, 'read-models.db'));
    writer.exec('CREATE TABLE rows (value INTEGER); INSERT INTO rows VALUES (0)');
    models = new ReadModels();
    models.open(join(directory, 'read-models.db'));
  });

  afterEach(() => {
    models.close();
    writer.close();
    rmSync(directory, { recursive: true });
  });

  it('is of one moment, and of a later one in the next turn', async () => {
    expect(read()).toBe(0);
    write(1);
    expect([read(), models.atOnce(read)]).toEqual([0, 0]);
    await nextTurn();
    expect(read()).toBe(1);
  });

  it('is never from before the rows were told to have moved', () => {
    expect(read()).toBe(0);
    write(1);
    models.moved([]);
    expect(read()).toBe(1);
    write(2);
    models.moved(undefined);
    expect(read()).toBe(2);
  });

  it('ends when another file takes the place of this one', async () => {
    expect(read()).toBe(0);
    write(1);
    models.open(join(directory, 'read-models.db'));
    expect(read()).toBe(1);
    await nextTurn();
    models.close();
    await nextTurn();
    expect(() => read()).toThrow('not open');
  });

  it('outlives a fault after which SQLite has ended the transaction', async () => {
    const faulty = (): never => {
      models.query('ROLLBACK').run();
      throw new RangeError();
    };
    expect(() => models.inThisTurn(faulty)).toThrow(RangeError);
    await nextTurn();
    expect(() => models.atOnce(faulty)).toThrow(RangeError);
    write(1);
    expect(read()).toBe(1);
  });

  it('is unavailable, not a failure of the ledger, while the disk has no place for what SQLite opens', () => {
    const log = join(directory, 'read-models.db-wal');
    models.close();
    writer.close();
    mkdirSync(log);
    models.open(join(directory, 'read-models.db'));
    expect(read).toThrow(StoreUnavailable);
    expect(read).toThrow(/^the read models cannot be read: .*unable to open database file$/);
    rmdirSync(log);
    expect(read()).toBe(0);
    writer = openReadModels(join(directory, 'read-models.db'));
  });

  it('is unavailable while another program has the file for itself', () => {
    models.close();
    writer.close();
    const other = openDatabase(join(directory, 'read-models.db'));
    other.exec('PRAGMA locking_mode = EXCLUSIVE; UPDATE rows SET value = 1');
    models.open(join(directory, 'read-models.db'));
    expect(read).toThrow(StoreUnavailable);
    other.close();
    expect(read()).toBe(1);
    writer = openReadModels(join(directory, 'read-models.db'));
  });

  it('does not keep the write-ahead log from being cut once the turn is over', async () => {
    expect(read()).toBe(0);
    await nextTurn();
    write(1);
    expect(writer.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()).toMatchObject({ busy: 0 });
  });
});

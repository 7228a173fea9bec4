import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase, query, value, type Connection } from '../../src/sqlite/database.js';
import { LAST_RESORT_PAGES, moveRest, WalMover } from '../../src/sqlite/wal-mover.js';

const MEGABYTE = 2 ** 20;

describe('what moves a write-ahead log', () => {
  let directory: string;
  let file: string;
  let db: Connection;

  const write = (megabytes: number): void =>
    db.exec(`INSERT INTO blobs VALUES (zeroblob(${megabytes * MEGABYTE}))`);
  const pagesInLog = (): number | undefined =>
    query<[number, number, number]>(db, 'PRAGMA wal_checkpoint(NOOP)').get()?.[1];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ledger-'));
    file = join(directory, 'written.db');
    db = openDatabase(file);
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = ${LAST_RESORT_PAGES};
      CREATE TABLE blobs (bytes BLOB); CREATE TABLE small (value)`);
  });

  afterEach(() => {
    db.close();
    rmSync(directory, { recursive: true });
  });

  it('moves it into the file while others write, and lets it begin anew', async () => {
    let moved = 0;
    const mover = new WalMover(file, () => {
      moved += 1;
      moveRest(db);
    });
    for (let before = 0; before < 2; before = Math.max(before, moved)) {
      write(20);
      expect(pagesInLog()).toBeGreaterThan(5000);
      while (moved === before) {
        db.exec('INSERT INTO small VALUES (1)');
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      expect(statSync(file).size).toBeGreaterThan(20 * (before + 1) * MEGABYTE);
      write(1);
      expect(pagesInLog()).toBeLessThan(1000);
    }
    await mover.close();
    expect(value(db, 'SELECT sum(length(bytes)) FROM blobs')).toBe(42 * MEGABYTE);
    expect(value(db, 'PRAGMA integrity_check')).toBe('ok');
  });

  it('leaves a short one where it is', async () => {
    let moved = 0;
    const mover = new WalMover(file, () => (moved += 1));
    write(1);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await mover.close();
    expect(moved).toBe(0);
    expect(pagesInLog()).toBeGreaterThan(250);
  });

  it('goes on after a fault that has passed', async () => {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; INSERT INTO small VALUES (1); COMMIT');
    let moved = 0;
    const mover = new WalMover(file, () => (moved += 1));
    // Longer than it waits for a file that is locked.
    await new Promise((resolve) => setTimeout(resolve, 7000));
    db.exec('PRAGMA locking_mode = NORMAL; INSERT INTO small VALUES (2)');
    write(20);
    while (moved === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    await mover.close();
  });

  it('lets its writer end though its thread has failed', async () => {
    const mover = new WalMover(join(directory, 'missing', 'written.db'), () => undefined);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await mover.close();
  });
});

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase, query, value, type Connection } from '../../src/sqlite/database.js';
import { LAST_RESORT_PAGES, moveRest, WalMover } from '../../src/sqlite/wal-mover.js';
import { ROOT } from '../support/service.js';

const MEGABYTE = 2 ** 20;
const run = promisify(execFile);

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 50));
}

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
    await until(() => moved > 0);
    await mover.close();
  });

  it('moves those of several files, of which one may be missing, and lets go of each by itself', async () => {
    const missing = new WalMover(join(directory, 'missing', 'written.db'), () => undefined);
    const early = new WalMover(file, () => undefined);
    let moved = 0;
    const late = new WalMover(file, () => (moved += 1));
    await early.close();
    write(20);
    await until(() => moved > 0);
    await late.close();
    await missing.close();
  });

  it('begins anew for a file that comes after the last was let go of', async () => {
    for (let time = 0; time < 3; time++) {
      let moved = 0;
      const mover = new WalMover(file, () => (moved += 1));
      write(20);
      await until(() => moved > 0);
      await mover.close();
      moveRest(db);
    }
  });

  it('lets the process end when a writer has ended without a word', async () => {
    const script = join(directory, 'silent.mjs');
    writeFileSync(
      script,
      `import { Worker } from 'node:worker_threads';
       import { moverPort } from ${JSON.stringify(pathToFileURL(join(ROOT, 'dist/sqlite/wal-mover.js')))};
       const port = moverPort();
       const writer = \`const { port } = require('node:worker_threads').workerData;
         port.on('message', () => undefined);
         port.postMessage({ file: \${JSON.stringify(process.argv[2])} });
         setTimeout(() => process.exit(), 300);\`;
       new Worker(writer, { eval: true, workerData: { port }, transferList: [port] });`,
    );
    await run(process.execPath, [script, file], { timeout: 10_000 });
  });
});

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { START } from '../../src/event-store/event-store.js';
import { backUp } from '../../src/event-store/sqlite/backup.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { openDatabase } from '../../src/sqlite/database.js';
import { collect, newEvent, newEvents, newStream } from '../contract/event-store.contract.js';

const script = fileURLToPath(new URL('../../dist/backup.js', import.meta.url));
const noLinks = fileURLToPath(new URL('../support/no-links.mjs', import.meta.url));
const haltsAtRename = fileURLToPath(new URL('../support/halts-at-rename.mjs', import.meta.url));

describe('a backup', () => {
  let directory: string;
  let file: string;
  let copy: string;
  let store: SqliteEventStore;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ledger-'));
    mkdirSync(join(directory, 'data'));
    mkdirSync(join(directory, 'copies'));
    file = join(directory, 'data', 'events.db');
    copy = join(directory, 'copies', 'monday.db');
    store = await SqliteEventStore.open(file);
  });

  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  it('made while appends run is whole, and starts as a store', async () => {
    const stream = newStream();
    await store.append(stream, newEvents(100), 'no-stream');
    const running = Array.from({ length: 50 }, () => store.append(newStream(), newEvents(2), 'no-stream'));
    await Promise.race(running);
    const events = backUp(file, copy);
    await Promise.all(running);
    expect(events).toBeGreaterThanOrEqual(102);
    expect(readdirSync(join(directory, 'copies'))).toEqual(['monday.db']);

    const restored = await SqliteEventStore.open(copy);
    const all = await collect(restored.readAll(START));
    expect(all).toEqual((await collect(store.readAll(START))).slice(0, events));
    expect(await restored.append(stream, newEvents(1), 99)).toBe(BigInt(events) + 1n);
    await restored.close();
  });

  it('never replaces a file, and leaves nothing half done', () => {
    writeFileSync(copy, 'last week');
    expect(() => backUp(file, copy)).toThrow(/monday\.db exists already/);
    symlinkSync(join(directory, 'away', 'last-week.db'), `${copy}.1`);
    expect(() => backUp(file, `${copy}.1`)).toThrow(/monday\.db\.1 exists already/);
    expect(() => backUp(join(directory, 'none.db'), `${copy}.2`)).toThrow(/none\.db does not exist/);
    expect(() => backUp(file, join(directory, 'missing', 'x.db'))).toThrow(/x\.db cannot be opened/);
    expect(readdirSync(join(directory, 'copies'))).toEqual(['monday.db', 'monday.db.1']);
  });

  describe('of a log that somebody has changed', () => {
    const change = (sql: string): void => {
      const db = openDatabase(file, { defensive: false });
      db.exec(sql);
      db.close();
    };
    const refused = (message: RegExp): void => {
      expect(() => backUp(file, copy)).toThrow(message);
      expect(readdirSync(join(directory, 'copies'))).toEqual([]);
    };
    beforeEach(() => store.append(newStream(), newEvents(100), 'no-stream'));

    it('is not made of one that lacks events', () => {
      change('DELETE FROM events WHERE position = 3');
      refused(/^the log has 99 events up to position 100: some are missing$/);
    });

    it('is not made of one of which only a newer release knows what must be in it', () => {
      change('PRAGMA user_version = 2');
      refused(/^.*data\/events\.db has schema 2, but this release knows only 1: update it$/);
    });

    it('is not made of one that breaks its own rules', async () => {
      await store.close();
      change(`PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(sql, 'data TEXT NOT NULL', 'data TEXT') WHERE name = 'events'`);
      change(`UPDATE events SET data = NULL WHERE position = 3;
        PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(sql, 'data TEXT', 'data TEXT NOT NULL') WHERE name = 'events'`);
      refused(/^the copy is damaged, as the log may be: NULL value in events\.data$/);
    });

    it('is not made of one that is damaged, which it names', async () => {
      await store.close();
      const log = openSync(file, 'r+');
      for (let page = 3; page < statSync(file).size / 4096; page += 1)
        writeSync(log, Buffer.alloc(4096, 'garbage '), 0, 4096, page * 4096);
      closeSync(log);
      refused(/data\/events\.db is damaged: stop the service, keep the file, and restore the last backup/);
    });
  });

  const run = (...args: string[]) =>
    spawnSync(process.execPath, [script, ...args], {
      encoding: 'utf8',
      env: { ...process.env, LEDGER_DATA_DIR: join(directory, 'data') },
    });

  it.each([
    ['', ''],
    [', also where there are no links', ` --import ${noLinks}`],
  ])('is made by one of those who make it at a time, and stays as that one made it%s', async (_, options) => {
    for (let at = 0; at < 60; at++)
      await store.append(
        newStream(),
        Array.from({ length: 200 }, () => newEvent('x'.repeat(1000))),
        'no-stream',
      );
    const make = async () => {
      const child = spawn(process.execPath, [script, copy], {
        env: {
          ...process.env,
          NODE_OPTIONS: (process.env['NODE_OPTIONS'] ?? '') + options,
          LEDGER_DATA_DIR: join(directory, 'data'),
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
      return stdout + stderr;
    };
    const told = await Promise.all([make(), make(), make()]);
    expect(told.filter((said) => said.includes('12000 events'))).toHaveLength(1);
    expect(told.filter((said) => /monday\.db (exists already|is being made)/.test(said))).toHaveLength(2);
    expect(readdirSync(join(directory, 'copies'))).toEqual(['monday.db']);
    const made = await SqliteEventStore.open(copy);
    expect(await made.head()).toBe(12_000n);
    await made.close();
  });

  it('is made by the command while the service runs, which says how much it holds', async () => {
    await store.append(newStream(), newEvents(7), 'no-stream');
    expect(run(copy)).toMatchObject({ status: 0, stdout: expect.stringContaining('7 events') });
    expect(run(copy)).toMatchObject({ status: 1, stderr: expect.stringContaining('exists already') });
    expect(run()).toMatchObject({ status: 1, stderr: expect.stringContaining('usage') });

    mkdirSync(join(directory, 'new'));
    copyFileSync(copy, join(directory, 'new', 'events.db'));
    const restored = await SqliteEventStore.open(join(directory, 'new', 'events.db'));
    expect(await restored.head()).toBe(7n);
    await restored.close();
    expect(existsSync(`${copy}-wal`)).toBe(false);
  });

  it('is for nobody else to read, and the command says which secrets it lacks', () => {
    const { stdout } = run(copy);
    expect(statSync(copy).mode & 0o077).toBe(0);
    expect(stdout).toContain('keep checkpoint-key.json and api-keys.json as well');
  });

  describe('that is killed', () => {
    /** Begins to make one, which comes as far as to give it its name, and no further. */
    const halted = async (): Promise<ChildProcess> => {
      const child = spawn(process.execPath, [script, copy], {
        env: {
          ...process.env,
          NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --import ${noLinks} --import ${haltsAtRename}`,
          LEDGER_DATA_DIR: join(directory, 'data'),
        },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      for await (const said of child.stderr) if (String(said).includes('halted')) break;
      return child;
    };
    const kill = async (child: ChildProcess): Promise<void> => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    };
    const copies = () => readdirSync(join(directory, 'copies'));
    const unfinished = () => copies().filter((name) => name.endsWith('.unfinished'));

    it('leaves nothing under its name, which would be taken for an empty log, also where there are no links', async () => {
      await store.append(newStream(), newEvents(7), 'no-stream');
      await kill(await halted());
      expect(existsSync(copy)).toBe(false);
      expect(run(copy)).toMatchObject({ status: 0, stdout: expect.stringContaining('7 events') });
      expect(copies()).toEqual(['monday.db']);
    });

    it('leaves what the next one in its place removes, and says so, but not before it is killed', async () => {
      const child = await halted();
      const [left] = unfinished();
      try {
        expect(run(`${copy}.2`)).toMatchObject({ status: 0, stderr: '' });
        expect(unfinished()).toEqual([left]);
      } finally {
        await kill(child);
      }
      expect(run(`${copy}.3`)).toMatchObject({
        status: 0,
        stderr: `${join(directory, 'copies', left!)} was left by a backup that was killed, and is removed.\n`,
      });
      expect(copies()).toEqual(['monday.db.2', 'monday.db.3']);
    });

    it('is not mixed up with what others call unfinished', () => {
      const other = join(directory, 'copies', 'report.unfinished');
      writeFileSync(other, 'half of a report');
      expect(run(copy)).toMatchObject({ status: 0, stderr: '' });
      expect(copies()).toEqual(['monday.db', 'report.unfinished']);
    });
  });

  it('is not made by an option: the command says how it is used', () => {
    expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('usage') });
    expect(run('--halp')).toMatchObject({ status: 1, stderr: expect.stringContaining("'--halp'") });
  });
});

import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '../../src/event-store/errors.js';
import { SqliteEventReader } from '../../src/event-store/sqlite/sqlite-event-reader.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { openDatabase } from '../../src/sqlite/database.js';
import { collect, newEvents, newStream } from '../contract/event-store.contract.js';

describe('a log file that cannot be used', () => {
  let directory: string;
  let file: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ledger-'));
    file = join(directory, 'events.db');
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  /** The message of the refusal, the same for the writer and for readers. */
  async function refusal(path = file): Promise<string> {
    const refused = await SqliteEventStore.open(path).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StoreUnavailable);
    return (refused as StoreUnavailable).message;
  }

  /** A log of 400 events, closed. */
  async function fill(): Promise<void> {
    const store = await SqliteEventStore.open(file);
    for (let at = 0; at < 20; at++) await store.append(newStream(), newEvents(20), 'no-stream');
    await store.close();
  }

  /** Writes rubbish over half of the file. The store must be closed: closing a file here would end its locks. */
  function damage(from: number): void {
    const handle = openSync(file, 'r+');
    const { size } = statSync(file);
    writeSync(handle, Buffer.alloc(Math.floor(size / 2), 0xa5), 0, undefined, from);
    closeSync(handle);
  }

  it('is refused when it is no database, and stays as it was', async () => {
    writeFileSync(file, 'Dear diary, '.repeat(1000));
    expect(await refusal()).toMatch(/events\.db is not an event log/);
    expect(() => SqliteEventReader.open(file)).toThrow(/events\.db is not an event log/);
    expect(statSync(file).size).toBe(12_000);
  });

  it('is refused when it is the database of another program, and stays as it was', async () => {
    const db = openDatabase(file);
    db.exec('CREATE TABLE diary (entry TEXT)');
    db.close();
    const { size } = statSync(file);
    expect(await refusal()).toMatch(/events\.db is a database of another program/);
    expect(() => SqliteEventReader.open(file)).toThrow(/another program/);
    expect(statSync(file).size).toBe(size);
  });

  it('is refused when a newer release has made it', async () => {
    await fill();
    const db = openDatabase(file);
    db.exec('PRAGMA user_version = 2');
    db.close();
    expect(await refusal()).toMatch(/events\.db has schema 2, but this release knows only 1: update it/);
  });

  it('is refused when its directory is missing or cannot be written', async () => {
    expect(await refusal(join(directory, 'missing', 'events.db'))).toMatch(/events\.db cannot be opened/);
    expect(await refusal('/proc/events.db')).toMatch(/\/proc\/events\.db cannot be opened/);
  });

  it('is refused when its beginning is damaged', async () => {
    await fill();
    damage(0);
    expect(await refusal()).toMatch(/events\.db is not an event log, or its first bytes are damaged/);
  });

  it('says that it is damaged, when damage within is met, and follows no further', async () => {
    await fill();
    damage(statSync(file).size / 2);
    const reader = SqliteEventReader.open(file);
    const damaged = /events\.db is damaged: stop the service, keep the file, and restore the last backup/;
    await expect(collect(reader.readAll(0n))).rejects.toThrow(damaged);
    await expect(reader.follow(0n, new AbortController().signal).next()).rejects.toThrow(damaged);
    await reader.close();
  });

  it('is not made by a reader', () => {
    expect(() => SqliteEventReader.open(file)).toThrow(/events\.db does not exist: start the service once/);
    expect(existsSync(file)).toBe(false);
  });

  it('leaves no claim behind, so that it can be opened when it is mended', async () => {
    writeFileSync(file, 'Dear diary, '.repeat(1000));
    await refusal();
    rmSync(file);
    await fill();
    expect(existsSync(`${file}.pid`)).toBe(false);
  });
});

describe('a log that another program holds', () => {
  it('is waited for, and looked at once for all who ask meanwhile, so that appends have their answer in time', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ledger-'));
    const file = join(directory, 'events.db');
    const store = await SqliteEventStore.open(file);
    const append = () => store.append(newStream(), newEvents(1), 'no-stream');
    const held = /events\.db is locked by another program/;
    const other = openDatabase(file);
    other.exec('BEGIN IMMEDIATE');
    const asked = performance.now();
    await expect(append()).rejects.toThrow(held);
    // As a rule it is done in a moment, and nothing is refused.
    expect(performance.now() - asked).toBeGreaterThan(4000);

    const started = performance.now();
    const checks = Promise.allSettled(Array.from({ length: 5 }, () => store.check()));
    await expect(append()).rejects.toThrow(held);
    expect(performance.now() - started).toBeLessThan(8000);
    const found = await checks;
    for (const check of found)
      expect(check).toMatchObject({ reason: { message: expect.stringMatching(held) } });

    other.exec('ROLLBACK');
    other.close();
    await store.check();
    await append();
    await store.close();
    rmSync(directory, { recursive: true });
  });
});

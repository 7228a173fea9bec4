import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { NewEvent } from '../../src/event-store/event-store.js';
import type { AppendRequest } from '../../src/event-store/sqlite/messages.js';
import { SqliteLog } from '../../src/event-store/sqlite/sqlite-log.js';
import { STREAMS_IN_MEMORY } from '../../src/event-store/sqlite/stream-ends.js';
import {
  openDatabase,
  value,
  type Connection,
  type Statement,
  type Value,
} from '../../src/sqlite/database.js';
import { instead } from '../support/instead.js';
import { sqliteError } from '../support/sqlite-error.js';

const event = (data = '{}'): NewEvent => ({ id: randomUUID(), type: 'Tested', data, metadata: '{}' });

const starting = (stream: string, ...events: NewEvent[]): AppendRequest => ({
  stream,
  events: events.length > 0 ? events : [event()],
  expectedRevision: 'no-stream',
});

describe('the SQLite log', () => {
  let directory: string;
  let file: string;
  let db: Connection;
  let log: SqliteLog;
  /** Statements that fail instead of being run, each with SQLite's result code. */
  let faults: Map<string, number>;

  /** A real connection, that fails when it is told to: some faults of a disk cannot be had for real. */
  const connect = (path: string): Connection => {
    db = openDatabase(path);
    const prepare = (sql: string): Statement => {
      const statement = db.prepare(sql);
      const failing =
        <T>(call: (...values: Value[]) => T) =>
        (...values: Value[]): T => {
          const code = faults.get(sql);
          if (code !== undefined) throw sqliteError('disk I/O error', code);
          return call(...values);
        };
      const run = failing((...values) => statement.run(...values));
      const get = failing((...values) => statement.get(...values));
      return instead(statement, { run, get });
    };
    return instead(db, { prepare });
  };

  const open = () => {
    log = SqliteLog.open(file, connect);
  };

  const count = () => value(db, 'SELECT count(*) FROM events');

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ledger-'));
    file = join(directory, 'events.db');
    faults = new Map();
    open();
  });

  afterEach(() => {
    log.close();
    rmSync(directory, { recursive: true });
  });

  it('goes on where a stream ends of which so many others in the same transaction have taken the place', () => {
    const streams = Array.from({ length: STREAMS_IN_MEMORY + 1 }, (_, i) => starting(`s-${i}`));
    const results = log.appendAll([
      ...streams,
      { stream: 's-0', events: [event()], expectedRevision: 0 },
      starting('s-1'),
    ]);

    expect(results.slice(0, -1)).toEqual(Array.from({ length: streams.length + 1 }, (_, i) => i + 1));
    expect(results.at(-1)).toEqual({ kind: 'conflict', actualRevision: 0 });
  });

  it('gives positions without gaps, whatever is refused in between', () => {
    const results = log.appendAll([
      starting('a', event(), event()),
      { stream: 'b', events: [event()], expectedRevision: 4 },
      { stream: 'a', events: [event()], expectedRevision: 1 },
      starting('a'),
      starting('c'),
    ]);
    expect(results).toEqual([
      2,
      { kind: 'conflict', actualRevision: 'no-stream' },
      3,
      { kind: 'conflict', actualRevision: 2 },
      4,
    ]);
  });

  it('answers an append that is sent again within one transaction with the position of the first', () => {
    const sent = starting('a', event(), event());
    const started = starting('a', event(), sent.events[1]!);
    expect(log.appendAll([sent, sent, started])).toEqual([2, 2, { kind: 'conflict', actualRevision: 1 }]);
    expect(count()).toBe(2);
  });

  it('has every commit on disk before it answers: FULL is 2', () => {
    expect(value(db, 'PRAGMA journal_mode')).toBe('wal');
    expect(value(db, 'PRAGMA synchronous')).toBe(2);
  });

  it('finds the ends of streams again after it was opened again', () => {
    log.appendAll([starting('a', event(), event())]);
    log.close();
    open();
    expect(
      log.appendAll([starting('a'), { stream: 'a', events: [event()], expectedRevision: 1 }]),
    ).toMatchObject([{ actualRevision: 1 }, 3]);
  });

  it('writes nothing on a full disk, says so, and goes on by itself when there is room again', () => {
    log.appendAll([starting('before')]);
    db.exec('PRAGMA max_page_count = 20');
    const large = event(JSON.stringify('x'.repeat(200_000)));
    const full = log.appendAll([starting('small'), starting('large', large), starting('small')]);
    expect(full).toMatchObject(full.map(() => ({ kind: 'unavailable' })));
    expect(full[0]).toMatchObject({ reason: expect.stringMatching(/events\.db .* disk is full; free some/) });
    expect(count()).toBe(1);
    db.exec('PRAGMA max_page_count = 100000');
    expect(log.appendAll([starting('small'), starting('large', large)])).toEqual([2, 3]);
    expect(log.check()).toBeUndefined();
  });

  it('leaves nothing of an append of which some rows were inserted when it failed', () => {
    log.appendAll([starting('before')]);
    // Sixteen rows go with one statement, the last one by itself.
    const insert =
      'INSERT INTO events (position, stream, revision, id, type, data, metadata) VALUES (?, ?, ?, ?, ?, ?, ?) ';
    faults.set(insert, 778);
    const events = Array.from({ length: 17 }, () => event());
    expect(log.appendAll([starting('a', ...events)])).toMatchObject([{ kind: 'unavailable' }]);
    expect(count()).toBe(1);
    faults.clear();
    expect(log.appendAll([starting('a', ...events)])).toEqual([18]);
  });

  it('leaves nothing of the appends ahead of one that failed, whose rows were still to be inserted', () => {
    log.appendAll([starting('before')]);
    faults.set('INSERT INTO streams (name) VALUES (?) RETURNING number', 778);
    const later = { stream: 'before', events: [event()], expectedRevision: 0 };
    expect(log.appendAll([later, starting('a')])).toMatchObject([
      { kind: 'unavailable' },
      { kind: 'unavailable' },
    ]);
    faults.clear();
    expect(log.appendAll([starting('a'), later])).toEqual([2, 3]);
    expect(count()).toBe(3);
  });

  it('says why it cannot be written until a probe shows that it can', () => {
    db.exec('PRAGMA max_page_count = 40');
    const failed = () => typeof log.appendAll([starting(randomUUID())])[0] !== 'number';
    while (!failed());
    expect(log.check()).toMatch(/disk is full/);
    expect(log.check()).toMatch(/disk is full/);
    // To look waits less long for other programs than an append, which waits as long as before.
    expect(value(db, 'PRAGMA busy_timeout')).toBe(5000);
    db.exec('PRAGMA max_page_count = 100000');
    expect(log.check()).toBeUndefined();
  });

  it('does not claim to know the outcome when the last sync of a commit fails', () => {
    log.appendAll([starting('before')]);
    faults.set('COMMIT', 1034);
    expect(log.appendAll([starting('a'), starting('before')])).toEqual([
      { kind: 'unknown', reason: expect.stringMatching(/cannot be read or written: check the disk/) },
      { kind: 'unavailable', reason: expect.stringMatching(/cannot be read or written/) },
    ]);
    faults.clear();
    expect(log.appendAll([starting('a')])).toEqual([2]);
  });

  it('surely wrote nothing when a transaction cannot begin', () => {
    faults.set('BEGIN IMMEDIATE', 5);
    expect(log.appendAll([starting('a')])).toEqual([
      { kind: 'unavailable', reason: expect.stringMatching(/locked by another program/) },
    ]);
    faults.clear();
    expect(log.appendAll([starting('a')])).toEqual([1]);
  });
});

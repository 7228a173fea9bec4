import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { START, type LogBatch, type RecordedEvent } from '../../src/event-store/event-store.js';
import { EventPages } from '../../src/event-store/sqlite/event-pages.js';
import { PackedPages } from '../../src/event-store/sqlite/packed-pages.js';
import { SqliteEventReader } from '../../src/event-store/sqlite/sqlite-event-reader.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { StreamNames } from '../../src/event-store/sqlite/stream-names.js';
import { openDatabase } from '../../src/sqlite/database.js';
import { collect, newEvents, newStream } from '../contract/event-store.contract.js';

describe('a reader of the log beside its owner', () => {
  let directory: string;
  let store: SqliteEventStore;
  let reader: SqliteEventReader;

  /** Writes something else in the place of a rule of the file's. */
  function changeSchema(rule: string, other: string): void {
    const db = openDatabase(join(directory, 'events.db'), { defensive: false });
    db.exec(`PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET sql = replace(sql, '${rule}', '${other}') WHERE name = 'events'`);
    db.close();
  }

  /** The log as it is read where a page of it is not one text. */
  function rowByRow(): RecordedEvent[] {
    const db = openDatabase(join(directory, 'events.db'));
    const pages = new EventPages(db, 'WHERE position > ? ORDER BY position');
    const events: RecordedEvent[] = [];
    for (let page = pages.read(0); page.length > 0; page = pages.read(page.at(-1)!.position))
      events.push(...page);
    db.close();
    return events;
  }

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ledger-'));
    store = await SqliteEventStore.open(join(directory, 'events.db'));
    reader = SqliteEventReader.open(join(directory, 'events.db'));
  });

  afterEach(async () => {
    await reader.close();
    await store.close();
    rmSync(directory, { recursive: true });
  });

  it('sees what is acknowledged, at once', async () => {
    const stream = newStream();
    expect(await reader.head()).toBe(START);
    for (let revision = -1; revision < 30; revision++) {
      const position = await store.append(stream, newEvents(1), revision < 0 ? 'no-stream' : revision);
      expect(await reader.head()).toBe(position);
    }
    expect(await collect(reader.readAll(START))).toEqual(await collect(store.readStream(stream)));
  });

  it('begins reads at once as of one moment, those of work within too, and lets go of it when the work throws', async () => {
    const [stream, other] = [newStream(), newStream()];
    await store.append(stream, newEvents(1), 'no-stream');
    const reads = reader.atOnce(() => {
      const before = reader.atOnce(() => collect(reader.readStream(stream)));
      const db = openDatabase(join(directory, 'events.db'));
      db.exec(`UPDATE streams SET name = '${other}'`);
      db.close();
      return [before, collect(reader.readStream(other))];
    });
    expect((await Promise.all(reads)).map(({ length }) => length)).toEqual([1, 0]);
    expect(() =>
      reader.atOnce(() => {
        throw new RangeError();
      }),
    ).toThrow(RangeError);
    expect(await collect(reader.readStream(other))).toHaveLength(1);
  });

  it('still does the work of a step once it is closed', async () => {
    await reader.close();
    expect(reader.atOnce(() => 'done')).toBe('done');
  });

  it('is told of commits, faster than it would look by itself', async () => {
    const stream = newStream();
    const delays: number[] = [];
    let appended = 0;
    for await (const { events } of reader.follow(START, AbortSignal.timeout(10_000))) {
      if (events.length > 0) delays.push(performance.now() - appended);
      if (delays.length === 10) break;
      appended = performance.now();
      const revision = delays.length - 1;
      await store.append(stream, newEvents(1), revision < 0 ? 'no-stream' : revision);
    }
    expect(delays.toSorted((a, b) => a - b)[5]).toBeLessThan(100);
  });

  it('gives a stretch of the log, behind a position and up to another', async () => {
    for (let i = 0; i < 7; i++) await store.append(newStream(), newEvents(100 * i + 1), 'no-stream');
    const until = (await reader.head()) - 50n;
    const all = await collect(reader.readAll(10n));
    const stretch = await collect(reader.readStretch(10n, until));
    expect(stretch).toEqual(all.filter(({ position }) => position <= until));
  });

  it('reads a stretch as it reads the whole, whatever the events hold', async () => {
    const texts = ['{"a":"\n"}', '\n\n', '{"a":"ä€😀"}', '', '{}'];
    for (const [nth, data] of texts.entries())
      await store.append(
        `stream-${nth % 2}`,
        [{ ...newEvents(1)[0]!, data }],
        nth < 2 ? 'no-stream' : (nth >> 1) - 1,
      );
    await store.append(newStream(), newEvents(300), 'no-stream');
    for (const end of ['{"a":1}', '{"a":\n1}', '{"a":1}\n'])
      await store.append(
        newStream(),
        [...newEvents(250), { ...newEvents(1)[0]!, metadata: end }],
        'no-stream',
      );
    const until = await reader.head();
    const together = await collect(reader.readStretch(START, until));
    expect(together).toEqual(rowByRow());
    expect(await collect(reader.readAll(START))).toEqual(together);
    expect(together.slice(0, texts.length).map(({ data }) => data)).toEqual(texts);
  });

  it('knows the streams of events, also when they are more than it keeps the names of', async () => {
    const streams = Array.from({ length: 5 }, newStream);
    for (const stream of streams) await store.append(stream, newEvents(1), 'no-stream');
    const db = openDatabase(join(directory, 'events.db'));
    const names = new StreamNames(db, 3);
    expect([1, 2, 3, 4, 5, 1, 2, 5, 6].map((number) => names.of(number))).toEqual([
      ...streams,
      ...[0, 1, 4].map((nth) => streams[nth]),
      undefined,
    ]);
    db.close();
  });

  it('does not take a stretch for read that came in another order', async () => {
    await store.append('stream', newEvents(2), 'no-stream');
    const db = openDatabase(join(directory, 'events.db'));
    const [forth, back] = ['', 'DESC'].map(
      (order) =>
        new PackedPages(db, `WHERE position > ? ORDER BY position ${order}`, new StreamNames(db)).read(0)
          ?.length,
    );
    db.close();
    expect([forth, back]).toEqual([2, undefined]);
  });

  it('tells the types of events apart in a stretch', async () => {
    const types = ['Made', 'Maid', 'MadeUp', 'Made', 'a', 'b', 'c', 'd', 'e', 'f', 'Made', 'f'];
    for (const type of types) await store.append(newStream(), [{ ...newEvents(1)[0]!, type }], 'no-stream');
    const events = await collect(reader.readStretch(START, await reader.head()));
    expect(events.map(({ type }) => type)).toEqual(types);
  });

  it('reads a stretch as it reads the whole, where the names of streams are other than they were, or gone', async () => {
    const streams = Array.from({ length: 6 }, newStream);
    for (const stream of streams) await store.append(stream, newEvents(300), 'no-stream');
    const db = openDatabase(join(directory, 'events.db'));
    db.exec(`UPDATE streams SET name = CAST(x'610062' AS TEXT) WHERE number = 2;
      DELETE FROM streams WHERE number IN (1, 4)`);
    db.close();
    const until = await reader.head();
    const together = await collect(reader.readStretch(START, until));
    expect(together).toEqual(rowByRow());
    expect(await collect(reader.readAll(START))).toEqual(together);
    expect([...new Set(together.map(({ stream }) => stream))]).toEqual([
      'a\0b',
      ...[2, 4, 5].map((n) => streams[n]),
    ]);
    expect(together).toHaveLength(1200);
  });

  it('reads a stretch as it reads the whole, where somebody has given a stream a second name', async () => {
    await store.append('stream', newEvents(2), 'no-stream');
    const db = openDatabase(join(directory, 'events.db'));
    db.exec(`CREATE TABLE copy AS SELECT * FROM streams; DROP TABLE streams; ALTER TABLE copy RENAME TO streams;
      INSERT INTO streams SELECT number, 'other' FROM streams`);
    db.close();
    const part = await collect(reader.readStretch(START, 2n));
    expect(part).toEqual(await collect(reader.readAll(START)));
    expect(part.map(({ stream }) => stream).toSorted()).toEqual(['other', 'other', 'stream', 'stream']);
  });

  it('gives what somebody has put there, whatever it is, and every event of the page', async () => {
    await store.append('stream', newEvents(6), 'no-stream');
    const [before] = await collect(reader.readAll(START));
    const db = openDatabase(join(directory, 'events.db'));
    const put = (nth: number, what: string): void =>
      db.exec(`UPDATE events SET ${what} WHERE position = ${nth}`);
    put(2, `data = CAST(x'7B007D' AS TEXT)`);
    put(3, `metadata = CAST(x'7BFF7D' AS TEXT)`);
    put(4, `revision = ${2n ** 60n}, id = x'00'`);
    put(5, `type = CAST(x'C3A400' AS TEXT)`);
    const expected = [
      before,
      expect.objectContaining({ data: '{\0}' }),
      expect.objectContaining({ metadata: '{\uFFFD}' }),
      expect.objectContaining({ revision: Number.MAX_SAFE_INTEGER }),
      expect.objectContaining({ type: 'ä\0' }),
      expect.objectContaining({ position: 6n, stream: 'stream' }),
    ];
    expect(await collect(reader.readAll(START))).toEqual(expected);
    expect(await collect(reader.readStretch(START, 6n))).toEqual(expected);
    db.exec(
      `UPDATE streams SET name = CAST(x'61FF0062' AS TEXT); UPDATE events SET position = ${2n ** 60n} WHERE position = 6`,
    );
    db.close();
    expect(await reader.head()).toBe(BigInt(Number.MAX_SAFE_INTEGER));
    expect((await collect(reader.readAll(START))).map(({ stream }) => stream)).toEqual(
      Array(6).fill('a\uFFFD\0b'),
    );
  });

  it('gives a number as the revision, whatever stands there in a file whose rules somebody has changed', async () => {
    await store.append('stream', newEvents(3), 'no-stream');
    changeSchema('revision INTEGER NOT NULL', 'revision ANY');
    const changed = openDatabase(join(directory, 'events.db'), { defensive: false });
    changed.exec(`UPDATE events SET revision = NULL WHERE position = 2;
      UPDATE events SET revision = 'two' WHERE position = 3`);
    changed.close();
    expect((await collect(reader.readAll(START))).map(({ revision }) => revision)).toEqual([0, -1, 0]);
  });

  it('gives texts, also where bytes stand in their place in such a file', async () => {
    await store.append('stream', newEvents(3), 'no-stream');
    const before = await collect(reader.readAll(START));
    changeSchema('TEXT', 'ANY');
    for (const text of ['type', 'data', 'metadata']) {
      const changed = openDatabase(join(directory, 'events.db'), { defensive: false });
      changed.exec(`UPDATE events SET ${text} = CAST(${text} AS BLOB)`);
      expect(await collect(reader.readAll(START))).toEqual(before);
      expect(await collect(reader.readStretch(START, 3n))).toEqual(before);
      changed.exec(`UPDATE events SET ${text} = CAST(${text} AS TEXT)`);
      changed.close();
    }
  });

  it('reads a stretch as it reads the whole, where one event is gone and another looks like two', async () => {
    await store.append('stream', newEvents(3), 'no-stream');
    changeSchema('NOT NULL', '');
    const changed = openDatabase(join(directory, 'events.db'), { defensive: false });
    changed.exec(`UPDATE events SET metadata = NULL WHERE position = 2;
      UPDATE events SET metadata = '{}' || char(10) || '2' || char(10) || '1' || char(10) || '1' || char(10)
        || hex(zeroblob(16)) || char(10) || 'Made' || char(10) || 'up' || char(10) || '{}' WHERE position = 1`);
    changed.close();
    const events = await collect(reader.readAll(START));
    expect(events[1]?.metadata).toBe('');
    expect(await collect(reader.readStretch(START, 3n))).toEqual(events);
  });

  it('reads a stretch as it reads the whole, where the end of one event is hidden', async () => {
    await store.append('stream', newEvents(3), 'no-stream');
    const db = openDatabase(join(directory, 'events.db'));
    db.exec(`UPDATE events SET data = '{}' || char(10) || '{"a":1}' || char(10, 0) WHERE position = 3`);
    db.close();
    const events = await collect(reader.readAll(START));
    expect(events[2]?.data).toBe('{}\n{"a":1}\n\0');
    expect(await collect(reader.readStretch(START, 3n))).toEqual(events);
  });

  it.each([
    ['a fraction', '1.5', 1.5],
    ['a number in hexadecimal', `'0x10'`, 0],
    ['nothing', `''`, 0],
    ['more than is exact', String(2n ** 60n), Number.MAX_SAFE_INTEGER],
  ])('reads a stretch as it reads the whole, where %s is the revision', async (_, revision, read) => {
    await store.append('stream', newEvents(2), 'no-stream');
    changeSchema('revision INTEGER NOT NULL', 'revision ANY');
    const changed = openDatabase(join(directory, 'events.db'), { defensive: false });
    changed.exec(`UPDATE events SET revision = ${revision} WHERE position = 2`);
    changed.close();
    const events = await collect(reader.readAll(START));
    expect(events.map((event) => event.revision)).toEqual([0, read]);
    expect(await collect(reader.readStretch(START, 2n))).toEqual(events);
  });

  it('comes to an end also where somebody has put more events than a page holds beyond all positions', async () => {
    for (let i = 0; i < 3; i++) await store.append(newStream(), newEvents(400), 'no-stream');
    const db = openDatabase(join(directory, 'events.db'));
    db.exec(`UPDATE events SET position = position + ${2n ** 60n} WHERE position > 100`);
    db.close();
    const events = await collect(reader.readAll(START));
    expect(events.slice(0, 101).map(({ position }) => Number(position))).toEqual([
      ...Array.from({ length: 100 }, (_, i) => i + 1),
      Number.MAX_SAFE_INTEGER,
    ]);
  });

  it('does not call itself live when it is told to stop before it could read', async () => {
    await store.append(newStream(), newEvents(1), 'no-stream');
    const other = openDatabase(join(directory, 'events.db'));
    other.exec('ALTER TABLE events RENAME TO hidden');
    const batches: LogBatch[] = [];
    for await (const batch of reader.follow(START, AbortSignal.timeout(100))) batches.push(batch);
    other.exec('ALTER TABLE hidden RENAME TO events');
    other.close();
    expect(batches).toEqual([]);
  });

  it('stops following when it is closed', async () => {
    setTimeout(() => void reader.close(), 50);
    for await (const _ of reader.follow(START, new AbortController().signal));
    await expect(reader.head()).rejects.toThrow(/events\.db has been closed/);
  });

  it('does not keep the write-ahead log from being cleared', async () => {
    await store.append(newStream(), newEvents(5), 'no-stream');
    await collect(reader.readAll(START));
    await reader.head();
    await store.close();
    expect(statSync(join(directory, 'events.db-wal')).size).toBe(0);
    expect(await reader.head()).toBe(5n);
  });
});

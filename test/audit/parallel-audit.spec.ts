import { randomUUID } from 'node:crypto';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { audit } from '../../src/audit/audit.js';
import { auditInParallel } from '../../src/audit/parallel-audit.js';
import { START, type EventStore, type RecordedEvent } from '../../src/event-store/event-store.js';
import { openEmbeddedReader, openEventStore } from '../../src/event-store/open-event-store.js';
import { SqliteEventReader } from '../../src/event-store/sqlite/sqlite-event-reader.js';
import { openDatabase } from '../../src/sqlite/database.js';
import { testConfig } from '../support/read-side.js';
import { temporaryDirectory } from '../support/service.js';
import { goodLog, LogBuilder, opened, purchased } from './support/good-log.js';
import { storeLog } from './support/stored-log.js';

const dataDir = temporaryDirectory();
const config = testConfig(dataDir);
let store: EventStore;
let reader: ReturnType<typeof openEmbeddedReader>;

/** Positions that the threads go on by at a time. */
const STRETCH = 20_000;

/** An account whose second purchase bears the key of the first. */
function bookedTwice(): readonly RecordedEvent[] {
  const log = new LogBuilder();
  log.add('carol', opened);
  for (let i = 0; i < 2; i++) log.add('carol', purchased('1.0000'), 'once');
  return log.events;
}

const strange = () => ({ id: randomUUID(), type: 'Strange', data: '{}', metadata: '{}' });

beforeAll(async () => {
  store = await openEventStore(config);
  reader = openEmbeddedReader(config);
  const events = goodLog();
  const place = events.findIndex(({ stream, revision }) => stream === 'mainAccount-bob' && revision === 4);
  const event = events[place] as RecordedEvent;
  events[place] = { ...event, data: event.data.replace('12.2109', '12.2108') };
  await storeLog(store, bookedTwice());
  await storeLog(store, events.slice(0, 5));
  await store.append('not-the-ledger', [strange(), strange()], 'no-stream');
  await storeLog(store, events.slice(5));
  await store.append('not-the-ledger', [strange()], 1);
});
afterAll(async () => {
  await reader.close();
  await store.close();
  rmSync(dataDir, { recursive: true });
});

const ledgers = "stream != (SELECT number FROM streams WHERE name = 'not-the-ledger')";

describe('the audit in several threads', () => {
  it.each([1, 2, 3])('of which there are %d, finds what one thread finds', async (threads) => {
    const root = Buffer.alloc(32);
    const checkpoints = [3, 1_000].map((size) => ({ size, root }));
    const alone = await audit(() => store.readAll(START), { checkpoints });
    const together = await auditInParallel(config, reader, await store.head(), threads, { checkpoints });
    const sorted = ({ findings }: typeof alone) =>
      findings.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    expect(alone.findings).toHaveLength(6);
    expect(sorted(together)).toEqual(sorted(alone));
    expect({ ...together, findings: [] }).toEqual({ ...alone, findings: [] });
  });

  it('goes on where the next event stands, however far that is, and tells how far it has come', async () => {
    const far = 20_000 * STRETCH;
    const db = openDatabase(join(dataDir, 'events.db'));
    db.exec(`UPDATE events SET position = position * ${far} WHERE position > 12`);
    const head = await store.head();
    const alone = await audit(() => store.readAll(START));
    const told: [number, bigint][] = [];
    const onProgress = (events: number, position: bigint) => void told.push([events, position]);
    const together = await auditInParallel(config, reader, head, 2, { onProgress });
    const unheard = () => {
      throw new Error('nobody listens');
    };
    const threads = () => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
    const before = threads();
    // Ahead of its end, and its threads end with it.
    await expect(auditInParallel(config, reader, head, 2, { onProgress: unheard })).rejects.toThrow(
      'nobody listens',
    );
    expect(threads()).toBeLessThanOrEqual(before);
    db.exec(`UPDATE events SET position = position / ${far} WHERE position > 12`);
    db.close();
    expect(together.tree).toEqual(alone.tree);
    const all = alone.events + alone.otherEvents;
    expect(told.map(([events]) => events)).toEqual(Array.from({ length: all - 11 }, (_, i) => i + 12));
    expect(told.at(-1)).toEqual([all, head]);
  });

  it('comes to the end that it was told of, though what stood there was deleted since', async () => {
    const end = (await store.head()) + 2n * BigInt(STRETCH);
    const { tree, findings } = await audit(() => store.readAll(START));
    const together = await auditInParallel(config, reader, end, 2, {});
    expect(together.tree).toEqual(tree);
    expect(together.findings).toHaveLength(findings.length);
  });

  it.each([
    { what: 'ahead of its beginning', change: 'position = 0 WHERE position = 3' },
    { what: 'far ahead of its beginning', change: 'position = -9223372036854775807 - 1 WHERE position = 3' },
    {
      what: 'two beyond all positions',
      change: `position = position + 9223372036854775000 WHERE position > 19 AND ${ledgers}`,
    },
  ])('sees what somebody has put where the log cannot be: $what', async ({ change }) => {
    const edited = temporaryDirectory();
    const file = join(edited, 'events.db');
    cpSync(dataDir, edited, { recursive: true });
    const db = openDatabase(file);
    db.exec(`UPDATE events SET ${change}`);
    db.close();
    const of = SqliteEventReader.open(file);
    const alone = await audit(() => of.readAll(START));
    const together = await auditInParallel(testConfig(edited), of, await of.head(), 2, {});
    const misplaced = ({ findings }: typeof alone) =>
      findings.filter(({ check, stream }) => check === 'order' && stream !== 'not-the-ledger');
    await of.close();
    rmSync(edited, { recursive: true });
    // Of two at one place, either may be the one that is told.
    for (const report of [alone, together])
      expect(misplaced(report)).toEqual([expect.objectContaining({ revision: expect.any(Number) })]);
  });

  it('takes two streams of one name for one, as one thread does', async () => {
    const edited = temporaryDirectory();
    const file = join(edited, 'events.db');
    cpSync(dataDir, edited, { recursive: true });
    const db = openDatabase(file);
    db.exec(`
      CREATE TABLE copy AS SELECT * FROM streams; DROP TABLE streams; ALTER TABLE copy RENAME TO streams;
      INSERT INTO streams SELECT 2 * max(number) + (SELECT number + 1 FROM streams WHERE name = 'mainAccount-bob') % 2,
        'mainAccount-bob' FROM streams;
      UPDATE events SET stream = (SELECT max(number) FROM streams)
        WHERE revision >= 3 AND stream = (SELECT number FROM streams WHERE name = 'mainAccount-bob')`);
    db.close();
    const of = SqliteEventReader.open(file);
    const alone = await audit(() => of.readAll(START));
    const together = await auditInParallel(testConfig(edited), of, await of.head(), 2, {});
    await of.close();
    rmSync(edited, { recursive: true });
    expect(together.accounts).toEqual(alone.accounts);
    expect(together.findings).toHaveLength(alone.findings.length);
  });

  it('lets the clock go back as far as it is told to', async () => {
    const db = openDatabase(join(dataDir, 'events.db'));
    const move = (from: string, to: string) =>
      db.exec(
        `UPDATE events SET metadata = replace(metadata, '"${from}', '"${to}') WHERE position = 18 AND ${ledgers}`,
      );
    const checks = async (clockTolerance: number) => {
      const head = await store.head();
      const { findings } = await auditInParallel(config, reader, head, 2, { clockTolerance });
      return findings.map(({ check }) => check);
    };
    move('2026-03', '2026-02');
    const [strictly, mildly] = [await checks(0), await checks(40 * 86_400_000)];
    move('2026-02', '2026-03');
    db.close();
    expect(strictly).toContain('time');
    expect(mildly).toEqual(strictly.filter((check) => check !== 'time'));
  });

  it('counts the findings of all threads that are not listed', async () => {
    const edited = temporaryDirectory();
    const file = join(edited, 'events.db');
    cpSync(dataDir, edited, { recursive: true });
    const db = openDatabase(file);
    db.exec(`
      CREATE TABLE many AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
        SELECT i + 100 AS i FROM n;
      INSERT INTO streams SELECT i, 'mainAccount-' || i FROM many;
      INSERT INTO events SELECT i, i, 0, randomblob(16), 'Strange', '{}', '{}' FROM many`);
    db.close();
    const of = SqliteEventReader.open(file);
    const alone = await audit(() => of.readAll(START));
    const together = await auditInParallel(testConfig(edited), of, await of.head(), 2, {});
    await of.close();
    rmSync(edited, { recursive: true });
    expect(alone.unlistedFindings).toBeGreaterThan(1_500);
    expect(together.findings).toHaveLength(1_000);
    expect(together.unlistedFindings).toBe(alone.unlistedFindings);
  });

  it('is ended by a store that its threads cannot open', async () => {
    const nowhere = { ...config, dataDir: `${dataDir}/nowhere` };
    await expect(auditInParallel(nowhere, reader, 1n, 2, {})).rejects.toThrow('does not exist');
  });
});

import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { Logger } from '@nestjs/common';
import type { RecordedEvent } from '../src/event-store/event-store.js';
import { SqliteEventReader } from '../src/event-store/sqlite/sqlite-event-reader.js';
import { AccountLoader } from '../src/ledger/account-loader.js';
import { HeldCommands } from '../src/ledger/held-commands.js';
import { collectTheYoungCheaply, holdHeapsDown } from '../src/operations/heap.js';
import { accountsProjection } from '../src/projections/accounts/accounts-projection.js';
import { Batch } from '../src/projections/batch.js';
import { buildInBulk } from '../src/projections/bulk/bulk-build.js';
import { writingInTwo } from '../src/projections/bulk/bulk-thread.js';
import { Checkpoints } from '../src/projections/checkpoints.js';
import { conservationProjection } from '../src/projections/conservation/conservation-projection.js';
import type { Projection } from '../src/projections/projection.js';
import { ProjectionRunner } from '../src/projections/projection-runner.js';
import { openReadModels, removeReadModels as remove } from '../src/projections/read-models-file.js';
import { runProjections } from '../src/projections/run-projections.js';
import { treeProjection } from '../src/projections/tree/tree-projection.js';
import { openDatabase, query } from '../src/sqlite/database.js';
import { ReadSide, testConfig } from '../test/support/read-side.js';
import { writeLog, type Lives } from './write-log.js';

/**
 * Rebuilds read models from a log in a temporary directory, all of them in two threads, else in this one. Processor
 * time counts more than time: a neighbour on the same cores changes the one, but hardly the other.
 */
const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '200000' },
    mains: { type: 'string', default: '1000' },
    sips: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '3' },
    /** Events a transaction holds, and how many are brought in so, when the read models are live. */
    batch: { type: 'string', default: '150' },
    live: { type: 'string', default: '50000' },
    only: { type: 'string' },
  },
});
const [events, mains, sips, rounds] = [values.events, values.mains, values.sips, values.rounds].map(
  Number,
) as [number, number, number, number];
const BATCH = 4000;
const ALL = [accountsProjection, treeProjection, conservationProjection];

interface Cost {
  readonly perSecond: number;
  /** Processor time, µs an event. */
  readonly user: number;
  readonly system: number;
}

async function timed(count: number, work: () => unknown): Promise<Cost> {
  const began = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - began) / 1000;
  return { perSecond: Math.round(count / seconds), user: user / count, system: system / count };
}

/** Movements of random accounts, with random keys. */
const LIVES: Lives = {
  mains,
  sips,
  moved: () => [Math.floor(Math.random() * mains), Math.floor(Math.random() * sips)],
  keyOf: () => crypto.randomUUID(),
};

/** As the service does it, beside the read models that are in use. */
async function rebuild(log: string, file: string): Promise<void> {
  const config = testConfig(dirname(log));
  await buildInBulk(
    file,
    writingInTwo(config, async () => SqliteEventReader.open(log)),
    (message) => {
      if (message.kind === 'log' && message.level !== 'info') throw new Error(message.message);
    },
    new AbortController().signal,
  );
}

/** As the service does it when it starts without read models, or far behind. */
async function catchUp(log: string, file: string, projections: readonly Projection[]): Promise<void> {
  const end = new AbortController();
  await runProjections(
    { file, mayReset: true },
    projections,
    async () => SqliteEventReader.open(log),
    (message) => {
      if (message.kind === 'stopped') throw new Error(`stopped: ${message.at.error}`);
      if (message.kind === 'progress' && message.live) end.abort();
    },
    end.signal,
  );
}

/** The last events of the log in small transactions, as a busy service commits them; without reading the log. */
async function live(log: string, file: string): Promise<Cost> {
  const reader = SqliteEventReader.open(log);
  const db = openReadModels(file);
  const checkpoints = new Checkpoints(db);
  const runners = ALL.map((projection) => new ProjectionRunner(db, checkpoints, projection));
  const advance = (events: readonly RecordedEvent[]): void => {
    const batch = new Batch(db, runners);
    const { position } = events.at(-1)!;
    batch.apply(events, position);
    batch.commit(position);
  };
  const last: RecordedEvent[] = [];
  const from = (await reader.head()) - BigInt(values.live);
  for await (const page of reader.readAll(0n))
    if (page[0]!.position > from) last.push(...page);
    else advance(page);
  const size = Number(values.batch);
  const cost = await timed(last.length, () => {
    for (let at = 0; at < last.length; at += size) advance(last.slice(at, at + size));
  });
  db.close();
  await reader.close();
  return cost;
}

async function readLog(log: string): Promise<void> {
  const reader = SqliteEventReader.open(log);
  for await (const page of reader.readAll(0n)) if (page.length === 0) throw new Error('an empty page');
  await reader.close();
}

/** The rows of the tables, put into empty ones as plainly as can be: what the disk's side of it costs. */
async function rawInsert(from: string, to: string): Promise<Cost> {
  const source = openDatabase(from);
  const target = openReadModels(to);
  const isThere = source.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?');
  const tables = ALL.flatMap(({ tables }) => tables).filter((table) => isThere.get(table));
  for (const { ddl } of ALL) target.exec(ddl);
  const rows = tables.map((table) => query(source, `SELECT * FROM ${table}`).all());
  source.close();
  const cost = await timed(events, () => {
    for (const [i, table] of tables.entries()) {
      const [first] = rows[i]!;
      if (!first) continue;
      const insert = target.prepare(`INSERT INTO ${table} VALUES (${first.map(() => '?').join()})`);
      for (const [n, row] of rows[i]!.entries()) {
        if (n % BATCH === 0) target.exec(n === 0 ? 'BEGIN' : 'COMMIT; BEGIN');
        insert.run(...row);
      }
      target.exec('COMMIT');
    }
  });
  target.close();
  return cost;
}

/** The service's read side on the log and its read models: how long until it is ready, and until an account is. */
async function start(directory: string): Promise<void> {
  const began = performance.now();
  const side = await ReadSide.start(directory);
  await side.caughtUp();
  const ready = performance.now();
  const observer = { command: () => undefined, append: () => undefined, alarm: (what: string) => tell(what) };
  const { head, account } = await new AccountLoader(
    side.store,
    side.index,
    observer,
    new HeldCommands(),
  ).load('customer-0');
  const loaded = performance.now() - ready;
  tell(`from start to ready ${(ready - began).toFixed(0)} ms`);
  const of = `an account of ${head.revision + 1} events and ${account.sipAccountsCount} SIP accounts`;
  tell(`${of} loaded in ${loaded.toFixed(1)} ms`);
  await side.close();
}

const tell = (line: string): void => void process.stdout.write(`${line}\n`);

collectTheYoungCheaply();
holdHeapsDown();
Logger.overrideLogger(false);
const directory = await mkdtemp(join(tmpdir(), 'credit-ledger-projections-'));
try {
  const log = join(directory, 'events.db');
  writeLog(log, events, LIVES);
  tell(`${events} events, ${mains} main accounts of ${sips} SIP accounts`);
  const costs = new Map<string, Cost[]>();
  const rebuilt = join(directory, 'rebuilt.db');
  const note = (name: string, cost: Cost): void => void costs.set(name, [...(costs.get(name) ?? []), cost]);
  for (let round = 0; round < rounds; round += 1) {
    note('reading the log', await timed(events, () => readLog(log)));
    if (!values.only || values.only === 'rebuilding all') {
      note('rebuilding all', await timed(events, () => rebuild(log, rebuilt)));
      remove(rebuilt);
    }
    for (const projections of [ALL, ...ALL.map((each) => [each])]) {
      const file = join(directory, 'read-models.db');
      const name = projections === ALL ? 'catching up, all' : projections[0]!.name;
      if (values.only && values.only !== name) continue;
      note(name, await timed(events, () => catchUp(log, file, projections)));
      if (projections === ALL) {
        note('their rows, plainly inserted', await rawInsert(file, join(directory, 'raw.db')));
        remove(file);
        note(`all, live, ${values.batch} together`, await live(log, file));
      }
      remove(file);
      remove(join(directory, 'raw.db'));
    }
  }
  for (const [name, all] of costs) {
    const { perSecond, user, system } = all.toSorted((a, b) => a.user - b.user)[Math.floor(all.length / 2)]!;
    const cpu = `${user.toFixed(1)} + ${system.toFixed(1)} µs user + system an event`;
    tell(`${name.padEnd(30)} ${String(perSecond).padStart(7)} events/s  ${cpu}`);
  }
  const file = join(directory, 'read-models.db');
  await rebuild(log, file);
  tell(`${((await stat(file)).size / events).toFixed(0)} bytes an event in the read models`);
  await start(directory);
} finally {
  await rm(directory, { recursive: true, force: true });
}

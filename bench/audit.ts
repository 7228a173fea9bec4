import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { audit } from '../src/audit/audit.js';
import { auditBundle } from '../src/audit/bundle-audit.js';
import { importEvents } from '../src/audit/bundle-import.js';
import { BundleReader } from '../src/audit/bundle-reader.js';
import { writeBundle } from '../src/audit/bundle-writer.js';
import { auditInParallel } from '../src/audit/parallel-audit.js';
import { loadConfig } from '../src/config/config.js';
import { START } from '../src/event-store/event-store.js';
import { EventPages } from '../src/event-store/sqlite/event-pages.js';
import { SqliteEventReader } from '../src/event-store/sqlite/sqlite-event-reader.js';
import { SqliteEventStore } from '../src/event-store/sqlite/sqlite-event-store.js';
import {
  GetPastMainAccountHandler,
  GetPastMainAccountQuery,
} from '../src/projections/history/get-past-main-account.js';
import { accountsProjection } from '../src/projections/accounts/accounts-projection.js';
import { collectTheYoungCheaply } from '../src/operations/heap.js';
import { ReadModels } from '../src/projections/read-models.js';
import type { Reads } from '../src/projections/reads.js';
import { runProjections } from '../src/projections/run-projections.js';
import { openReadOnly } from '../src/sqlite/database.js';
import { median } from './report/statistics.js';
import { writeLog, type Lives } from './write-log.js';

/**
 * How fast a ledger is verified, exported and imported, beside the raw reading of its log: all columns of every event,
 * through the same library, in one thread. And how long a question about the past takes. The tasks take turns, each in
 * a process of its own, so that its memory can be told.
 */
const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    mains: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
    /** Only these tasks; may be repeated. */
    only: { type: 'string', multiple: true },
    task: { type: 'string' },
    directory: { type: 'string', default: '' },
  },
});
const events = Number(values.events);
const [log, bundle] = [join(values.directory, 'events.db'), join(values.directory, 'ledger.bundle')];

/** All accounts in turn, 20 SIP accounts each. */
const livesOf = (mains: number): Lives => ({
  mains,
  sips: 20,
  moved: (nth) => [nth % mains, nth % 20],
  keyOf: (nth) => `bench-${nth}`,
});

const TASKS: Readonly<Record<string, () => Promise<unknown>>> = {
  'raw read': async () => {
    const db = openReadOnly(log);
    const pages = new EventPages(db, 'WHERE position > ? ORDER BY position');
    let seen = 0;
    for (let page = pages.read(0); page.length > 0; page = pages.read(page.at(-1)!.position))
      seen += page.length;
    db.close();
    if (seen !== events) throw new Error(`${seen} events`);
  },
  verify: () => withReader(async (reader) => sound(await audit(() => reader.readAll(START)))),
  'verify, threads': () =>
    withReader(async (reader) => {
      const config = loadConfig({ LEDGER_DATA_DIR: values.directory });
      sound(await auditInParallel(config, reader, await reader.head(), availableParallelism(), {}));
    }),
  export: () =>
    withReader(async (reader) => {
      rmSync(bundle, { force: true });
      await writeBundle(reader, bundle, { selection: { mainAccounts: null, until: null } });
    }),
  'verify bundle': async () => sound(await auditBundle(new BundleReader(bundle))),
  import: async () => {
    const directory = mkdtempSync(join(values.directory, 'import-'));
    const store = await SqliteEventStore.open(join(directory, 'events.db'));
    await importEvents(store, new BundleReader(bundle).events());
    await store.close();
    rmSync(directory, { recursive: true });
  },
};

async function withReader(run: (reader: SqliteEventReader) => Promise<void>): Promise<void> {
  const reader = SqliteEventReader.open(log);
  await run(reader);
  await reader.close();
}

function sound({ findings }: { readonly findings: readonly unknown[] }): void {
  if (findings.length > 0) throw new Error(JSON.stringify(findings[0]));
}

/** Runs a task and tells what it took. */
async function measure(run: () => Promise<unknown>): Promise<void> {
  const began = performance.now();
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - began) / 1000;
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(JSON.stringify({ seconds, cpu: (user + system) / 1e6, peakMiB }));
}

interface Taken {
  readonly seconds: number;
  /** Processor seconds, over all threads. */
  readonly cpu: number;
  readonly peakMiB: number;
}

function inOwnProcess(task: string, directory: string): Taken {
  const args = [
    ...process.execArgv,
    ...[process.argv[1] ?? '', '--task', task, '--directory', directory, '--events', values.events],
  ];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${task}: ${stderr}`);
  return JSON.parse(stdout) as Taken;
}

/** p99 of a question about the past, in milliseconds, at a part of a stream that holds all events. */
async function askThePast(directory: string): Promise<void> {
  mkdirSync(directory);
  const [file, source] = [join(directory, 'read-models.db'), join(directory, 'events.db')];
  writeLog(source, events, livesOf(1));
  const end = new AbortController();
  await runProjections(
    { file, mayReset: true },
    [accountsProjection],
    async () => SqliteEventReader.open(source),
    (message) => {
      if (message.kind === 'progress' && message.live) end.abort();
    },
    end.signal,
  );
  const models = new ReadModels();
  models.open(file);
  const read = async (_: string, __: unknown, asked: (m: ReadModels) => unknown) =>
    models.atOnce(() => asked(models));
  const reads: Record<keyof Pick<Reads, 'read' | 'readUpToNow'>, typeof read> = {
    read,
    readUpToNow: read,
  };
  const handler = new GetPastMainAccountHandler(reads as unknown as Reads);
  const times = models.query<{ recorded_at: string }>('SELECT recorded_at FROM history WHERE position = ?');
  for (const [name, part] of Object.entries({ start: 0.01, middle: 0.5, end: 0.99 })) {
    const taken: number[] = [];
    for (let i = 0; i < 1000; i++) {
      const asOf = times.get(Math.floor(events * part) + (i % 100))?.recorded_at ?? '';
      const began = performance.now();
      await handler.execute(new GetPastMainAccountQuery({ mainAccountId: 'customer-0', point: { asOf } }));
      taken.push(performance.now() - began);
    }
    const [p50, p99] = [0.5, 0.99].map(
      (share) => taken.toSorted((a, b) => a - b)[Math.floor(taken.length * share)],
    );
    process.stdout.write(
      `as of the ${name.padEnd(8)} p50 ${p50?.toFixed(2)} ms, p99 ${p99?.toFixed(2)} ms\n`,
    );
  }
  models.close();
}

/** The first task is what the others are compared with, round by round. */
async function main(): Promise<void> {
  const tasks = [...Object.keys(TASKS), 'past'].filter((name) => values.only?.includes(name) ?? true);
  const directory = mkdtempSync(join(tmpdir(), 'credit-ledger-audit-'));
  try {
    writeLog(join(directory, 'events.db'), events, livesOf(Number(values.mains)));
    process.stdout.write(`${events} events of ${values.mains} main accounts\n`);
    const taken = new Map<string, Taken[]>(tasks.filter((name) => name !== 'past').map((name) => [name, []]));
    for (let round = 0; round < Number(values.rounds); round++)
      for (const [name, all] of taken) all.push(inOwnProcess(name, directory));
    const [base] = [...taken.values()];
    for (const [name, all] of taken) process.stdout.write(`${line(name, all, base ?? all)}\n`);
    if (taken.has('export')) {
      const bytes = statSync(join(directory, 'ledger.bundle')).size / events;
      process.stdout.write(`${bytes.toFixed(0)} bytes an event in the bundle\n`);
    }
    if (tasks.includes('past')) await askThePast(join(directory, 'past'));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function line(name: string, all: readonly Taken[], base: readonly Taken[]): string {
  const rate = events / median(all.map(({ seconds }) => seconds));
  const ratio = median(all.map(({ seconds }, round) => (base[round]?.seconds ?? NaN) / seconds));
  const cpu = (median(all.map((each) => each.cpu)) / events) * 1e6;
  const peak = Math.max(...all.map(({ peakMiB }) => peakMiB));
  return (
    `${name.padEnd(15)} ${rate.toFixed(0).padStart(8)} events/s  ${ratio.toFixed(2)} of the first  ` +
    `${cpu.toFixed(1).padStart(5)} µs processor time an event  ${peak.toFixed(0)} MiB at most`
  );
}

collectTheYoungCheaply();
const task = values.task === undefined ? undefined : TASKS[values.task];
await (task ? measure(task) : main());

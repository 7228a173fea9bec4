import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { EventStoreDBClient } from '@eventstore/db-client';
import { START, type EventStore, type NewEvent } from '../src/event-store/event-store.js';
import { openEventStoreDb } from '../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { SqliteEventReader } from '../src/event-store/sqlite/sqlite-event-reader.js';
import { collectTheYoungCheaply, holdHeapsDown } from '../src/operations/heap.js';
import { Simulator } from '../test/support/eventstoredb/simulator.js';
import { testConfig } from '../test/support/read-side.js';
import { median, ratio } from './report/statistics.js';
import { writeLog } from './write-log.js';

/**
 * Building the read models anew from a log in EventStoreDB, as the built service does it, beside the client's and the
 * adapter's mere reading of that log. The tasks take turns, each in a process of its own. A server that has no ledger
 * yet is filled first.
 */
const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '300000' },
    mains: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
    task: { type: 'string' },
    url: { type: 'string', default: '' },
  },
});
const tell = (line: string): void => void process.stdout.write(`${line}\n`);

const TASKS: Readonly<Record<string, (url: string, directory: string) => Promise<unknown>>> = {
  'the client reads': async (url) => {
    const client = EventStoreDBClient.connectionString(url);
    let seen = 0;
    for await (const _ of client.readAll({ direction: 'forwards', fromPosition: 'start' })) seen += 1;
    await client.dispose();
    return seen;
  },
  'the adapter reads': async (url) => {
    const store = await openEventStoreDb({ eventStoreDbUrl: url });
    let seen = 0;
    for await (const page of store.readAll(START)) seen += page.length;
    await store.close();
    return seen;
  },
  'the read models are built': async (url, directory) => {
    // Its threads run what the build has made.
    const built = new URL('../dist/projections/build-beside.js', import.meta.url).href;
    const { BuildBeside } = (await import(built)) as typeof import('../src/projections/build-beside.js');
    const config = { ...testConfig(directory), store: 'eventstoredb' as const, eventStoreDbUrl: url };
    const beside = new BuildBeside(config, join(directory, 'built.db'), (level, message) => {
      if (level !== 'info') throw new Error(message);
    });
    await beside.until(() => beside.progress.live);
    await beside.close();
  },
};

/** Runs a task here, with the heap settings of `npm start`, and tells what it took. */
async function measure(task: string): Promise<void> {
  collectTheYoungCheaply();
  holdHeapsDown();
  const directory = mkdtempSync(join(tmpdir(), 'ledger-bench-'));
  const [began, before] = [performance.now(), process.cpuUsage()];
  await TASKS[task]!(values.url, directory);
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - began) / 1000;
  rmSync(directory, { recursive: true });
  tell(JSON.stringify({ seconds, processor: (user + system) / 1e6 }));
}

interface Taken {
  readonly seconds: number;
  /** Processor seconds, over all threads, without the server's. */
  readonly processor: number;
}

/** Not waited for synchronously: the simulator is in this process. */
function inOwnProcess(task: string, url: string): Promise<Taken> {
  const args = [...process.execArgv, process.argv[1] ?? '', '--task', task, '--url', url];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let told = '';
  child.stdout.on('data', (part: Buffer) => (told += part.toString()));
  return new Promise((resolve, reject) =>
    child.once('exit', (code) =>
      code === 0 ? resolve(JSON.parse(told) as Taken) : reject(new Error(`${task} ended with ${code}`)),
    ),
  );
}

/** Events of each account in turn, a few an append. @returns how many */
async function fill(store: EventStore, events: number, mains: number): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'ledger-bench-'));
  const file = join(directory, 'events.db');
  const keyOf = (): string => crypto.randomUUID();
  writeLog(file, events, { mains, sips: 20, moved: (nth) => [nth % mains, nth % 20], keyOf });
  const reader = SqliteEventReader.open(file);
  const streams = new Map<string, NewEvent[]>();
  for await (const page of reader.readAll(START))
    for (const { stream, id, type, data, metadata } of page) {
      const ofStream = streams.get(stream) ?? [];
      ofStream.push({ id, type, data, metadata });
      streams.set(stream, ofStream);
    }
  await reader.close();
  rmSync(directory, { recursive: true });
  for (let from = 0; [...streams.values()].some(({ length }) => length > from); from += TOGETHER) {
    const rest = streams.entries();
    const lane = async (): Promise<void> => {
      for (const [stream, all] of rest)
        if (all.length > from)
          await store.append(stream, all.slice(from, from + TOGETHER), from === 0 ? 'no-stream' : from - 1);
    };
    await Promise.all(Array.from({ length: 64 }, lane));
  }
  return events;
}
const TOGETHER = 5;

async function compare(): Promise<void> {
  const given = process.env['EVENTSTOREDB_URL'];
  const simulator = given === undefined ? await Simulator.start() : undefined;
  const url = given ?? simulator!.url;
  tell(
    given
      ? 'on the server at EVENTSTOREDB_URL'
      : 'EVENTSTOREDB_URL is not set: on the simulator, no database',
  );
  const store = await openEventStoreDb({ eventStoreDbUrl: url });
  let events = 0;
  if ((await store.head()) === START) events = await fill(store, Number(values.events), Number(values.mains));
  else for await (const page of store.readAll(START)) events += page.length;
  await store.close();
  const taken = new Map(Object.keys(TASKS).map((task) => [task, [] as Taken[]]));
  for (let round = 0; round < Number(values.rounds); round++)
    for (const task of round % 2 === 0 ? [...taken.keys()] : [...taken.keys()].toReversed())
      taken.get(task)!.push(await inOwnProcess(task, url));
  const secondsOf = (all: readonly Taken[]): number[] => all.map(({ seconds }) => seconds);
  const [client] = [...taken.values()] as [Taken[]];
  tell(`${events} events`);
  for (const [task, all] of taken) {
    const rate = (events / median(secondsOf(all))).toFixed(0);
    const ofClient = ratio(secondsOf(client), secondsOf(all)).toFixed(2);
    const processor = median(all.map((each) => (each.processor / events) * 1e6)).toFixed(1);
    tell(
      `${task.padEnd(26)} ${rate.padStart(7)} a second, ${ofClient} of the client's rate, ${processor} µs an event`,
    );
  }
  await simulator?.stop();
}

if (values.task !== undefined) await measure(values.task);
else await compare();

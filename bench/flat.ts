import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { accountsOf, fill, type Filling } from './fill.js';
import { addCredits, MAIN, RunningLedger } from './ledger.js';
import { bodiesOf } from './load/bulk.js';
import { chooseLoad } from './load/load.js';
import { newKeyPrefix, type Run } from './load/requests.js';
import { residentMemory, type Memory } from './memory.js';
import { entryBytes } from './peers/entry-bytes.js';
import { startPostgres } from './postgres.js';
import { LogFile } from './raw-store.js';
import { bytesGrid, firstCommandsGrid, ratesGrid, startsGrid, type Rate } from './report/flat.js';
import { publish, warningsOf } from './report/report.js';
import { inTurns, type Moment } from './rounds.js';
import { COLD, HOT, type Scenario } from './scenarios.js';
import { onStage, say, type Stage } from './stage.js';
import { measureFirstCommands, measureStart } from './starts.js';

/** Whether a store that holds much is as fast as one that holds nothing: both in turns; and what it takes to keep it. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    events: { type: 'string' },
    accounts: { type: 'string' },
    long: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string' },
    commands: { type: 'string', default: '20000' },
    connections: { type: 'string', default: '64' },
    // A directory that keeps the filled store, or has kept it.
    keep: { type: 'string' },
    service: { type: 'string' },
  },
});
const quick = positionals.includes('quick');
const events = Number(values.events ?? (quick ? 100_000 : 1_000_000));
const filling: Filling = {
  events,
  accounts: Number(values.accounts ?? (quick ? 10_000 : 100_000)),
  long: Number(values.long ?? Math.floor(events / 10)),
};
const rounds = Number(values.rounds);
const seconds = Number(values.seconds ?? (quick ? 1 : 2));
const commands = Number(values.commands);
const connections = Number(values.connections);
const load = chooseLoad();
// Names that a kept store does not know from an earlier run.
const named = (scenario: Scenario): Scenario => ({ ...scenario, name: `${scenario.name}-${newKeyPrefix()}` });
const [hot, cold, all] = [named(HOT), named(COLD), accountsOf(filling)];

/** One of the two stores, and the service on it. */
interface Store {
  readonly name: 'empty' | 'full';
  readonly running: RunningLedger;
  readonly log: LogFile;
  /** Commands that were answered, and those that may have been booked unheard. */
  answered: number;
  cutOff: number;
}

/** What is asked of both. What any of the filled accounts is asked stands beside 1 000 accounts of the empty store. */
const MEASURES = [
  { name: 'AddCredit, hot', full: hot, empty: hot, measure: overHttp('add-credit') },
  { name: 'AddCredit, cold', full: cold, empty: cold, measure: overHttp('add-credit') },
  { name: 'AddCredit, any account', full: all, empty: cold, measure: overHttp('add-credit') },
  { name: 'bulk, hot', full: hot, empty: hot, measure: inBulk },
  { name: 'bulk, cold', full: cold, empty: cold, measure: inBulk },
  { name: 'bulk, any account', full: all, empty: cold, measure: inBulk },
  { name: 'overview, cold', full: cold, empty: cold, measure: overHttp('overview') },
  { name: 'overview, any account', full: all, empty: cold, measure: overHttp('overview') },
  { name: 'balance, cold', full: cold, empty: cold, measure: overHttp('balance') },
  { name: 'balance, any account', full: all, empty: cold, measure: overHttp('balance') },
];

function overHttp(kind: Run['kind']): (store: Store, scenario: Scenario) => Promise<Rate> {
  return async (store, scenario) => {
    const { running } = store;
    const figures = await load.run({ kind, url: running.url, scenario, connections, seconds });
    await running.settle();
    if (kind === 'add-credit') {
      store.answered += figures.answered;
      store.cutOff += connections;
    }
    store.answered += 1;
    return { perSecond: figures.perSecond, p99: figures.p99 };
  };
}

async function inBulk(store: Store, scenario: Scenario): Promise<Rate> {
  const { running } = store;
  const bodies = [...bodiesOf(addCredits(scenario, commands, newKeyPrefix()), commands / 2)];
  const figures = await running.book(bodies, 2);
  figures.check();
  await running.settle();
  store.answered += commands + 1;
  return { perSecond: commands / figures.seconds };
}

/** @returns the directory of a store that was filled, now or by an earlier run */
async function filled(stage: Stage): Promise<string> {
  const directory = values.keep ? resolve(values.keep) : join(stage.directory, 'full');
  const note = join(directory, 'filling.json');
  const wanted = JSON.stringify(filling);
  if (existsSync(note)) {
    const found = await readFile(note, 'utf8');
    if (found !== wanted) throw new Error(`${directory} was filled with ${found}, not with ${wanted}`);
    return directory;
  }
  await mkdir(directory, { recursive: true });
  say(`filling a store: ${wanted}`);
  const running = stage.add(await RunningLedger.start(directory, values.service));
  await fill(running, filling, say);
  say('waiting for the read models');
  await running.settle();
  await running.stop();
  await writeFile(note, wanted);
  return directory;
}

/** Bytes an event, of the log and of the read models, in a store at rest. */
async function bytesOf(directory: string): Promise<{ log: number; readModels: number }> {
  const log = new LogFile(join(directory, 'events.db'));
  const { events } = log;
  log.close();
  const files = await readdir(directory);
  const size = async (name: string): Promise<number> => {
    const sizes = files.filter((file) => file.startsWith(name)).map((file) => stat(join(directory, file)));
    return (await Promise.all(sizes)).reduce((sum, { size }) => sum + size, 0) / events;
  };
  return { log: await size('events.db'), readModels: await size('read-models.db') };
}

async function openStore(stage: Stage, name: Store['name'], directory: string): Promise<Store> {
  const running = stage.add(await RunningLedger.start(directory, values.service));
  await running.ready();
  for (const scenario of [hot, cold]) await running.seed(scenario);
  const log = new LogFile(join(directory, 'events.db'));
  return { name, running, log, answered: 0, cutOff: 0 };
}

/** Every answer of a 2xx is one event; and the hashes, the balances and the keys of the whole log are right. */
async function verify({ name, running, log, answered, cutOff }: Store, before: number): Promise<void> {
  const grown = log.events - before;
  if (grown < answered || grown > answered + cutOff)
    throw new Error(`${name}: ${answered} commands were answered, but ${grown} events are there`);
  say(`verifying the ${name} store, ${log.events} events`);
  // A log that is being read would not be put in order at the end.
  log.close();
  await running.stop();
  const cli = join(dirname(values.service ?? MAIN), 'audit/cli.js');
  await promisify(execFile)(process.execPath, [cli, 'verify', '--json', '--data-dir', running.dataDir]);
}

await onStage(async (stage) => {
  const directories = { empty: join(stage.directory, 'empty'), full: await filled(stage) };
  const bytes = await bytesOf(directories.full);
  say('inserting as many entries into PostgreSQL');
  const postgres = await startPostgres(join(stage.directory, 'postgres'));
  const perEntry = await entryBytes(postgres, filling.events, filling.accounts).finally(() =>
    postgres.stop(),
  );

  say('starts');
  await measureStart(directories.empty, values.service);
  const starts = await inTurns(['empty', 'full'] as const, { rounds, say }, (name) =>
    measureStart(directories[name], values.service),
  );
  say('first commands');
  const [firsts] = await inTurns(['full'], { rounds, say }, () =>
    measureFirstCommands(directories.full, filling, values.service),
  );

  const stores = [
    await openStore(stage, 'empty', directories.empty),
    await openStore(stage, 'full', directories.full),
  ];
  const before = stores.map(({ log }) => log.events);
  const cells = MEASURES.flatMap((what) => stores.map((store) => ({ what, store })));
  // Warm.
  for (const { what, store } of cells) await what.measure(store, what[store.name]);
  say('rates');
  const rates = await inTurns(cells, { rounds, say }, ({ what, store }) =>
    what.measure(store, what[store.name]),
  );
  const memory: Record<string, Memory> = {};
  for (const { name, running } of stores) memory[name] = await residentMemory(running.pids[0]!);
  const grown = Math.max(...stores.map(({ log }, at) => log.events - before[at]!));
  for (const [at, store] of stores.entries()) await verify(store, before[at]!);

  const told = rates.map(({ cell: { what, store }, samples }) => ({
    cell: { what: what.name, store: store.name },
    samples,
  }));
  await publish({
    name: 'flat',
    about: [
      `A store of ${filling.events} events, ${filling.accounts} main accounts, one of them with ${filling.long} events, beside one that was empty; ${rounds} rounds, medians`,
      `The cores were shared by both services, one of them idle, the load generator (${load.name}, ${connections} connections, ${seconds} s each) and the bench, which sends the ${commands} commands of a bulk in two requests.`,
      `The rounds added up to ${grown} events to each store, so the empty one was not empty for long.`,
      '"Any account" is any of the full store, and of the empty one any of 1 000. The files were in the cache of the system.',
      'PostgreSQL: the row-lock peer with as many entries, inserted at once, indexes and accounts included.',
    ],
    grids: [
      ratesGrid(told),
      startsGrid(starts, memory),
      firstCommandsGrid(firsts!),
      bytesGrid({ ...bytes, perEntry }),
    ],
    warnings: warningsOf(
      [...starts, ...told].flatMap(({ samples }): readonly Moment[] => samples),
      told.map(({ cell, samples }) => ({
        name: `${cell.what}, ${cell.store}`,
        perSecond: samples.map(({ perSecond }) => perSecond),
      })),
    ),
    data: { filling, rounds, rates: told, starts, firsts, memory, bytes: { ...bytes, perEntry } },
  });
});

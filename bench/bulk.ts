import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { durable } from './ceilings/contestants.js';
import type { Running } from './contestant.js';
import { addCredits, RunningLedger } from './ledger.js';
import { bodiesOf, BulkLoad, type Body } from './load/bulk.js';
import { newKeyPrefix } from './load/requests.js';
import { processorSeconds } from './processor-time.js';
import { LogFile, RawStore } from './raw-store.js';
import {
  bulkCharts,
  bulkGrids,
  NAMES,
  ratesOf,
  type BulkCell,
  type BulkPairing,
  type BulkSample,
} from './report/bulk.js';
import { whole } from './report/grid.js';
import { publish, warningsOf } from './report/report.js';
import { inTurns } from './rounds.js';
import { COLD, HOT, type Scenario } from './scenarios.js';
import { onStage, say, type Stage } from './stage.js';

/**
 * Commands in bulk over HTTP, beside a server that only appends, and the database alone, which commits the same rows as
 * many at a time as the service did just before.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    commands: { type: 'string' },
    lines: { type: 'string', default: '10000' },
    requests: { type: 'string', default: '1,4' },
    service: { type: 'string' },
  },
});
const quick = positionals.includes('quick');
const rounds = Number(values.rounds ?? 5);
const commands = Number(values.commands ?? (quick ? 20_000 : 40_000));
const lines = Number(values.lines);
const requests = values.requests.split(',').map(Number);

/** One scenario: a service, one that only appends to a log like its own, and two tables that its rows are copied to. */
interface Setting {
  readonly scenario: Scenario;
  readonly running: RunningLedger;
  readonly durable: Running;
  readonly log: LogFile;
  readonly raw: RawStore;
  readonly lean: RawStore;
  /** AddCredits in the books. */
  booked: number;
}

interface Pairing extends BulkPairing {
  readonly setting: Setting;
  /** Of the service, when it was measured last: so many does the raw store commit. */
  perCommit: number;
}

interface Cell extends BulkCell {
  readonly pairing: Pairing;
}

async function set(stage: Stage, scenario: Scenario): Promise<Setting> {
  const directory = join(stage.directory, scenario.name);
  await mkdir(directory);
  const running = stage.add(await RunningLedger.start(directory, values.service));
  await running.seed(scenario);
  const only = stage.add(await durable(stage.directory).start());
  const log = new LogFile(join(directory, 'events.db'));
  const raw = new RawStore(join(stage.directory, `${scenario.name}-raw.db`), log.ddl, log);
  const lean = new RawStore(join(stage.directory, `${scenario.name}-lean.db`), log.leanDdl, log);
  const close = (): Promise<void> => Promise.resolve([raw, lean, log].forEach((one) => one.close()));
  stage.add({ stop: close });
  return { scenario, running, durable: only, log, raw, lean, booked: 0 };
}

/** Requests as large as can be, but for all lanes to have the same to do. */
function bodiesFor({ setting: { scenario }, atOnce }: Pairing): Body[] {
  const each = Math.ceil(commands / Math.max(atOnce, Math.ceil(commands / lines)));
  return [...bodiesOf(addCredits(scenario, commands, newKeyPrefix()), each)];
}

/** Every result is looked at, the log's length, and the balances of all accounts. */
async function book(pairing: Pairing): Promise<BulkSample> {
  const { setting, atOnce } = pairing;
  const { running, scenario, log } = setting;
  const bodies = bodiesFor(pairing);
  const [events, commits] = [log.events, log.commits];
  const cpu = await processorSeconds(running.pids);
  const figures = await running.book(bodies, atOnce);
  const committed = log.commits - commits;
  const answered = performance.now();
  await running.settle();
  const behind = performance.now() - answered;
  const processor = ((await processorSeconds(running.pids)) - cpu) / commands;
  figures.check();
  // One more opened an account, to see the read models come to it.
  if (log.events !== events + commands + 1)
    throw new Error(`${commands} commands became ${log.events - events - 1} events`);
  setting.booked += commands;
  const entries = await running.verify(scenario);
  if (entries !== setting.booked) throw new Error(`${setting.booked} commands became ${entries} entries`);
  pairing.perCommit = Math.round(commands / committed);
  return {
    perSecond: commands / figures.seconds,
    processor: processor * 1e6,
    perCommit: pairing.perCommit,
    behind,
  };
}

/** The same lines for who only appends: what HTTP, JSON and the log leave to any ledger. */
async function append(pairing: Pairing): Promise<BulkSample> {
  const { url, pids, verify } = pairing.setting.durable;
  const { scenario } = pairing.setting;
  const [bodies, before] = [bodiesFor(pairing), await verify(scenario)];
  const cpu = await processorSeconds(pids);
  const load = new BulkLoad(url);
  const figures = await load.send(bodies, pairing.atOnce);
  load.close();
  const processor = ((await processorSeconds(pids)) - cpu) / commands;
  figures.check();
  const entries = (await verify(scenario)) - before;
  if (entries !== commands) throw new Error(`${commands} lines became ${entries} events`);
  return { perSecond: commands / figures.seconds, processor: processor * 1e6, perCommit: Number.NaN };
}

async function measure({ kind, pairing }: Cell): Promise<BulkSample> {
  if (kind === 'ledger') return book(pairing);
  if (kind === 'durable') return append(pairing);
  const { perCommit, setting } = pairing;
  return { ...setting[kind].append(commands, perCommit), perCommit };
}

await onStage(async (stage) => {
  const pairings: Pairing[] = [];
  for (const scenario of [HOT, COLD]) {
    const setting = await set(stage, scenario);
    pairings.push(...requests.map((atOnce) => ({ setting, atOnce, perCommit: 0 })));
  }
  // Warm, and rows that the raw store can copy when its turn comes first.
  for (const pairing of pairings) {
    await book(pairing);
    await append(pairing);
  }
  const kinds = ['ledger', 'durable', 'raw', 'lean'] as const;
  const cells = pairings.flatMap((pairing) => kinds.map((kind): Cell => ({ kind, pairing })));
  const measured = await inTurns(cells, { rounds, say }, measure);
  await publish({
    name: 'bulk',
    about: [
      `AddCredit in requests of at most ${whole(lines)} lines, one or several requests at a time; ${rounds} rounds of ${whole(commands)} commands, medians`,
      'The cores were shared by the service and the bench, which sends lines made beforehand and checks the results afterwards.',
      'CPU is all of the service, the read models until they held everything included.',
      "durable: Fastify that parses each line, appends an event to a log like the ledger's and answers with a line as long; no rules, hashes or read models.",
      'raw: SQLite alone, by the same driver, one thread, the same rows, as many a commit as the service committed (fsync on). Of the leaner table only the index on (stream, revision) is left.',
      'behind: from the last result until a query saw it all.',
    ],
    grids: bulkGrids(measured, commands),
    warnings: warningsOf(
      measured.flatMap(({ samples }) => samples),
      measured.map(ratesOf),
    ),
    data: {
      rounds,
      commands,
      lines,
      rows: measured.map(({ cell, samples }) => ({
        contestant: NAMES[cell.kind],
        scenario: cell.pairing.setting.scenario.name,
        requests: cell.pairing.atOnce,
        samples,
      })),
    },
    charts: bulkCharts(measured),
  });
});

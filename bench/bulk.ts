import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { addCredits, RunningLedger } from './ledger.js';
import { bodiesOf } from './load/bulk.js';
import { newKeyPrefix } from './load/requests.js';
import { processorSeconds } from './processor-time.js';
import { LogFile, RawStore } from './raw-store.js';
import { chart } from './report/chart.js';
import { decimal, percent, times, whole, type Grid } from './report/grid.js';
import { publish, warningsOf } from './report/report.js';
import { median, ratio, spread } from './report/statistics.js';
import { inTurns, type Measured } from './rounds.js';
import { COLD, HOT, type Scenario } from './scenarios.js';
import { onStage, say, type Stage } from './stage.js';

/**
 * Commands in bulk over HTTP, beside the database alone, which commits the same rows as many at a time as the
 * service did just before.
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

/** One scenario: a service, and two tables that its rows are copied to. */
interface Setting {
  readonly scenario: Scenario;
  readonly running: RunningLedger;
  readonly log: LogFile;
  readonly raw: RawStore;
  readonly lean: RawStore;
  /** AddCredits in the books. */
  booked: number;
}

interface Pairing {
  readonly setting: Setting;
  /** Requests at a time. */
  readonly atOnce: number;
  /** Of the service, when it was measured last: so many does the raw store commit. */
  perCommit: number;
}

interface Cell {
  readonly kind: 'ledger' | 'raw' | 'lean';
  readonly pairing: Pairing;
}

interface Sample {
  readonly perSecond: number;
  /** µs a command or event. */
  readonly processor: number;
  /** Events. */
  readonly perCommit: number;
  /** From the last result until the read models held all, ms. */
  readonly behind?: number;
}

const NAMES = { ledger: 'ledger', raw: "raw, the ledger's table", lean: 'raw, leaner table' };

async function set(stage: Stage, scenario: Scenario): Promise<Setting> {
  const directory = join(stage.directory, scenario.name);
  await mkdir(directory);
  const running = stage.add(await RunningLedger.start(directory, values.service));
  await running.seed(scenario);
  const log = new LogFile(join(directory, 'events.db'));
  const raw = new RawStore(join(stage.directory, `${scenario.name}-raw.db`), log.ddl, log);
  const lean = new RawStore(join(stage.directory, `${scenario.name}-lean.db`), log.leanDdl, log);
  const close = (): Promise<void> => Promise.resolve([raw, lean, log].forEach((one) => one.close()));
  stage.add({ stop: close });
  return { scenario, running, log, raw, lean, booked: 0 };
}

/** Every result is looked at, the log's length, and the balances of all accounts. */
async function book(pairing: Pairing): Promise<Sample> {
  const { setting, atOnce } = pairing;
  const { running, scenario, log } = setting;
  // As large as can be, but for all lanes to have the same to do.
  const each = Math.ceil(commands / Math.max(atOnce, Math.ceil(commands / lines)));
  const bodies = [...bodiesOf(addCredits(scenario, commands, newKeyPrefix()), each)];
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

async function measure({ kind, pairing }: Cell): Promise<Sample> {
  if (kind === 'ledger') return book(pairing);
  const { perCommit, setting } = pairing;
  return { ...setting[kind].append(commands, perCommit), perCommit };
}

const nameOf = ({ kind, pairing }: Cell): string =>
  `${NAMES[kind]}, ${pairing.setting.scenario.name}, ${pairing.atOnce}`;
const ratesOf = ({ samples }: Measured<Cell, Sample>): number[] => samples.map(({ perSecond }) => perSecond);

function gridsOf(measured: readonly Measured<Cell, Sample>[]): Grid[] {
  const of = (samples: readonly Sample[], figure: keyof Sample): number =>
    median(samples.map((sample) => sample[figure] ?? Number.NaN));
  const rows = measured.map(({ cell, samples }) => [
    NAMES[cell.kind],
    cell.pairing.setting.scenario.name,
    String(cell.pairing.atOnce),
    whole(of(samples, 'perSecond')),
    decimal(of(samples, 'processor')),
    whole(of(samples, 'perCommit')),
    whole(of(samples, 'behind')),
    percent(spread(samples.map(({ perSecond }) => perSecond))),
  ]);
  const ratios = measured
    .filter(({ cell }) => cell.kind === 'ledger')
    .map((mine) => {
      const { pairing } = mine.cell;
      const against = (kind: Cell['kind']): string => {
        const other = measured.find(({ cell }) => cell.kind === kind && cell.pairing === pairing)!;
        return times(ratio(ratesOf(mine), ratesOf(other)));
      };
      const kept = mine.samples.map(({ perSecond, behind = 0 }) => {
        const seconds = commands / perSecond;
        return seconds / (seconds + behind / 1000);
      });
      const names = [pairing.setting.scenario.name, String(pairing.atOnce)];
      return [...names, against('raw'), against('lean'), times(median(kept))];
    });
  return [
    {
      head: ['', 'accounts', 'requests', 'commands/s', 'CPU µs', 'a commit', 'behind ms', 'spread'],
      rows,
      names: 2,
    },
    {
      head: ['ledger, accounts', 'requests', 'of raw', 'of raw, leaner table', 'read models keep up with'],
      rows: ratios,
      names: 1,
    },
  ];
}

await onStage(async (stage) => {
  const pairings: Pairing[] = [];
  for (const scenario of [HOT, COLD]) {
    const setting = await set(stage, scenario);
    pairings.push(...requests.map((atOnce) => ({ setting, atOnce, perCommit: 0 })));
  }
  // Warm, and rows that the raw store can copy when its turn comes first.
  for (const pairing of pairings) await book(pairing);
  const kinds = ['ledger', 'raw', 'lean'] as const;
  const cells = pairings.flatMap((pairing) => kinds.map((kind): Cell => ({ kind, pairing })));
  const measured = await inTurns(cells, { rounds, say }, measure);
  const charts = [HOT, COLD].map(({ name, about }) => {
    const bars = measured
      .filter(({ cell }) => cell.pairing.setting.scenario.name === name)
      .map((one) => ({
        name: `${one.cell.kind === 'ledger' ? 'ledger' : NAMES[one.cell.kind]} (${one.cell.pairing.atOnce})`,
        length: median(ratesOf(one)),
        text: `${whole(median(ratesOf(one)))} /s`,
        kind: one.cell.kind === 'ledger' ? ('ledger' as const) : ('ceiling' as const),
      }));
    return [`bulk-${name}`, chart(`Commands in bulk, ${name}: ${about}`, bars)];
  });
  await publish({
    name: 'bulk',
    about: [
      `AddCredit in requests of at most ${whole(lines)} lines, one or several requests at a time; ${rounds} rounds of ${whole(commands)} commands, medians`,
      'The cores were shared by the service and the bench, which sends lines made beforehand and checks the results afterwards.',
      'CPU is all of the service, the read models until they held everything included.',
      'raw: SQLite alone, by the same driver, one thread, the same rows, as many a commit as the service committed (fsync on). Of the leaner table only the index on (stream, revision) is left.',
      'behind: from the last result until a query saw it all.',
    ],
    grids: gridsOf(measured),
    warnings: warningsOf(
      measured.flatMap(({ samples }) => samples),
      measured.map((one) => ({ name: nameOf(one.cell), perSecond: ratesOf(one) })),
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
    charts: Object.fromEntries(charts) as Record<string, string>,
  });
});

import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ceilings } from './ceilings/contestants.js';
import type { Contestant } from './contestant.js';
import { ledger } from './ledger.js';
import { chooseLoad } from './load/load.js';
import { measure, type Cell } from './measure.js';
import { peers } from './peers/contestants.js';
import { startPostgres } from './postgres.js';
import { chart } from './report/chart.js';
import { ratiosOf, rowOf, warningsOf, type Results } from './report/results.js';
import { table } from './report/table.js';
import { SCENARIOS } from './scenarios.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    connections: { type: 'string' },
    scenarios: { type: 'string' },
    only: { type: 'string' },
    // The main.js of another build, to set two beside each other.
    service: { type: 'string' },
  },
});
const quick = positionals.includes('quick');
const list = (value: string | undefined, usual: string): string[] => (value ?? usual).split(',');

const rounds = Number(values.rounds ?? 5);
const seconds = Number(values.seconds ?? (quick ? 1 : 4));
const connections = list(values.connections, quick ? '64' : '16,64,256').map(Number);
const scenarios = SCENARIOS.filter(({ name }) =>
  list(values.scenarios, quick ? 'hot,cold' : 'hot,cold,pair').includes(name),
);
const only = values.only?.split(',');

const say = (line: string): void => void process.stderr.write(`${line}\n`);
// Whatever ends the bench, the servers end with it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const load = chooseLoad();
const directory = await mkdtemp(join(tmpdir(), 'credit-ledger-bench-'));
// PostgreSQL may have to run as another user, who must be able to reach its folder in here.
await chmod(directory, 0o755);
const postgres = await startPostgres(join(directory, 'postgres'));
const contestants = [ledger(directory, values.service), ...peers(postgres), ...ceilings].filter(
  ({ name }) => !only || only.some((part) => name.startsWith(part)),
);

const stops: (() => Promise<void>)[] = [];

async function cellsOf(contestant: Contestant): Promise<Cell[]> {
  say(`starting ${contestant.name}: ${contestant.about}`);
  const running = await contestant.start();
  stops.push(() => running.stop());
  const mine = contestant.books ? scenarios : scenarios.slice(0, 1);
  for (const scenario of mine) await running.seed(scenario);
  return mine.flatMap((scenario) =>
    connections.map((count) => ({ contestant, running, scenario, connections: count })),
  );
}

try {
  const cells: Cell[] = [];
  for (const contestant of contestants) cells.push(...(await cellsOf(contestant)));
  // Those that are compared come right after each other, so that the machine is the same for them.
  cells.sort((a, b) => a.scenario.name.localeCompare(b.scenario.name) || a.connections - b.connections);
  const measured = await measure(cells, { load, rounds, seconds, say });
  const rows = measured.map(rowOf);
  const results: Results = {
    when: new Date().toISOString(),
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
    generator: load.name,
    postgres: postgres.version,
    rounds,
    seconds,
    rows,
    ratios: ratiosOf(rows),
    warnings: warningsOf(measured, rows),
  };
  await write(results);
  process.stdout.write(table(results));
} finally {
  await Promise.allSettled(stops.map((stop) => stop()));
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}

async function write(results: Results): Promise<void> {
  const folder = fileURLToPath(new URL('results/', import.meta.url));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'results.json'), JSON.stringify(results, null, 2) + '\n');
  await writeFile(join(folder, 'results.md'), table(results));
  for (const { name, about } of scenarios)
    for (const count of connections) {
      const rows = results.rows.filter(
        ({ scenario, connections: of }) => of === count && (scenario === name || scenario === 'answer'),
      );
      const title = `AddCredit, ${name}: ${about}; ${count} connections`;
      await writeFile(join(folder, `${name}-${count}.svg`), chart(title, rows));
    }
}

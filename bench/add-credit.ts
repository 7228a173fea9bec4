import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ceilings, durable } from './ceilings/contestants.js';
import type { Contestant } from './contestant.js';
import { ledger } from './ledger.js';
import { chooseLoad } from './load/load.js';
import { measure, type Cell } from './measure.js';
import { peers } from './peers/contestants.js';
import { startPostgres } from './postgres.js';
import { barOf, gridsOf, ratiosOf, rowOf } from './report/add-credit.js';
import { chart } from './report/chart.js';
import { publish, warningsOf } from './report/report.js';
import { COLD, HOT, PAIR } from './scenarios.js';
import { onStage, say, type Stage } from './stage.js';

/** AddCredit over HTTP: the ledger, the PostgreSQL ledgers and the ceilings in turns. */
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
const scenarios = [HOT, COLD, PAIR].filter(({ name }) =>
  list(values.scenarios, quick ? 'hot,cold' : 'hot,cold,pair').includes(name),
);
const only = values.only?.split(',');
const load = chooseLoad();

async function cellsOf(stage: Stage, contestant: Contestant): Promise<Cell[]> {
  say(`starting ${contestant.name}: ${contestant.about}`);
  const running = stage.add(await contestant.start());
  const mine = contestant.books ? scenarios : scenarios.slice(0, 1);
  for (const scenario of mine) await running.seed(scenario);
  return mine.flatMap((scenario) =>
    connections.map((count) => ({ contestant, running, scenario, connections: count })),
  );
}

await onStage(async (stage) => {
  const postgres = stage.add(await startPostgres(join(stage.directory, 'postgres')));
  const contestants = [
    ledger(stage.directory, values.service),
    ...peers(postgres),
    durable(stage.directory),
    ...ceilings,
  ].filter(({ name }) => !only || only.some((part) => name.startsWith(part)));
  const cells: Cell[] = [];
  for (const contestant of contestants) cells.push(...(await cellsOf(stage, contestant)));
  // Those that are compared come right after each other, so that the machine is the same for them.
  cells.sort((a, b) => a.scenario.name.localeCompare(b.scenario.name) || a.connections - b.connections);
  const measured = await measure(cells, { load, rounds, seconds, say });
  const rows = measured.map(rowOf);
  const ratios = ratiosOf(rows);
  const charts = scenarios.flatMap(({ name, about }) =>
    connections.map((count) => {
      const drawn = rows.filter(
        ({ scenario, connections: of }) => of === count && (scenario === name || scenario === 'answer'),
      );
      const title = `AddCredit, ${name}: ${about}; ${count} connections`;
      return [`${name}-${count}`, chart(title, drawn.map(barOf))];
    }),
  );
  await publish({
    name: 'add-credit',
    about: [
      `PostgreSQL ${postgres.version} · ${rounds} rounds of ${seconds} s, medians`,
      `The cores were shared by the contestant (with its database) and the load generator (${load.name}).`,
    ],
    grids: gridsOf(rows, ratios),
    warnings: warningsOf(
      measured.flatMap(({ samples }) => samples),
      rows.map((row) => ({
        name: `${row.contestant}, ${row.scenario}, ${row.connections}`,
        perSecond: row.rounds.map(({ perSecond }) => perSecond),
      })),
    ),
    data: {
      generator: load.name,
      postgres: postgres.version,
      rounds,
      seconds,
      rows,
      ratios,
    },
    charts: Object.fromEntries(charts) as Record<string, string>,
  });
});

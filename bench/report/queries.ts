import type { Meanwhile } from '../load/meanwhile.js';
import type { Measured } from '../rounds.js';
import { chart, type Bar } from './chart.js';
import { decimal, percent, times, whole, type Grid } from './grid.js';
import { median, ratio, spread, type Quantiles } from './statistics.js';

/** A query of one contestant, and what is written meanwhile. */
export interface Query {
  readonly contestant: 'ledger' | 'nest';
  readonly kind: 'overview' | 'balance';
  readonly meanwhile: Meanwhile;
}

export interface Beside {
  /** Commands a second that were answered meanwhile. */
  readonly commands: number;
  /** Microseconds of the contestant's processor time a request, whether query or command. */
  readonly processor: number;
}

export interface QueryFigures extends Quantiles, Beside {
  readonly perSecond: number;
}

/** Callers who look for their own writes, and what others write meanwhile. */
export interface Seeing {
  readonly meanwhile: Meanwhile;
}

export interface SeeingFigures extends Beside {
  readonly plain: Quantiles;
  readonly asked: Quantiles;
  readonly unasked: Quantiles;
}

type Queried = Measured<Query, QueryFigures>;

const rates = ({ samples }: Queried): number[] => samples.map(({ perSecond }) => perSecond);
const of = <S>(samples: readonly S[], figure: (sample: S) => number): number => median(samples.map(figure));

export function queryGrids(queried: readonly Queried[]): Grid[] {
  const rows = queried.map((one) => [
    one.cell.contestant,
    one.cell.kind,
    one.cell.meanwhile.name,
    whole(median(rates(one))),
    decimal(of(one.samples, ({ p50 }) => p50)),
    decimal(of(one.samples, ({ p99 }) => p99)),
    whole(of(one.samples, ({ commands }) => commands)),
    whole(of(one.samples, ({ processor }) => processor)),
    percent(spread(rates(one))),
  ]);
  const ceilingOf = ({ kind, meanwhile }: Query): Queried =>
    queried.find(
      ({ cell }) => cell.contestant === 'nest' && cell.kind === kind && cell.meanwhile === meanwhile,
    )!;
  const ratios = queried
    .filter(({ cell }) => cell.contestant === 'ledger')
    .map((one) => [
      one.cell.kind,
      one.cell.meanwhile.name,
      times(ratio(rates(one), rates(ceilingOf(one.cell)))),
    ]);
  return [
    {
      head: ['', 'query', 'meanwhile', 'queries/s', 'p50 ms', 'p99 ms', 'commands/s', 'CPU µs', 'spread'],
      rows,
      names: 3,
    },
    { head: ['ledger, query', 'meanwhile', 'of nest'], rows: ratios, names: 2 },
  ];
}

/** Who did not answer as many commands as were sent meanwhile: its queries had it easier than they should. */
export const tooSlow = (queried: readonly Queried[], pace: number): string[] =>
  queried
    .map(({ cell, samples }) => ({ cell, commands: of(samples, ({ commands }) => commands) }))
    .filter(({ commands }) => commands > 0 && commands < 0.95 * pace)
    .map(
      ({ cell, commands }) =>
        `${cell.contestant}, ${cell.kind}: ${whole(commands)} of ${whole(pace)} commands a second were answered`,
    );

/** Medians of the rounds; what is added is the difference within a round. */
export const seeingGrid = (seen: readonly Measured<Seeing, SeeingFigures>[]): Grid => ({
  head: [
    'own writes, meanwhile',
    'commands/s',
    'balance p50 ms',
    'p99',
    'at least: adds p50',
    'adds p99',
    'until seen unasked p50',
    'p99',
  ],
  rows: seen.map(({ cell, samples }) => [
    cell.meanwhile.name,
    whole(of(samples, ({ commands }) => commands)),
    decimal(of(samples, ({ plain }) => plain.p50)),
    decimal(of(samples, ({ plain }) => plain.p99)),
    decimal(of(samples, ({ plain, asked }) => asked.p50 - plain.p50)),
    decimal(of(samples, ({ plain, asked }) => asked.p99 - plain.p99)),
    decimal(of(samples, ({ unasked }) => unasked.p50)),
    decimal(of(samples, ({ unasked }) => unasked.p99)),
  ]),
  names: 1,
});

export function chartsOf(queried: readonly Queried[]): Record<string, string> {
  const barOf = (one: Queried): Bar => ({
    name: `${one.cell.contestant}, ${one.cell.meanwhile.name}`,
    length: median(rates(one)),
    text: `${whole(median(rates(one)))} /s, p99 ${decimal(of(one.samples, ({ p99 }) => p99))} ms`,
    kind: one.cell.contestant === 'ledger' ? 'ledger' : 'ceiling',
  });
  const titles = { overview: 'Overview of 20 SIP accounts', balance: 'Balance of a SIP account' };
  const drawn = Object.entries(titles).map(([kind, title]) => [
    `queries-${kind}`,
    chart(title, queried.filter(({ cell }) => cell.kind === kind).map(barOf)),
  ]);
  return Object.fromEntries(drawn) as Record<string, string>;
}

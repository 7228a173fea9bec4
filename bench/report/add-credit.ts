import type { Cell, Sample } from '../measure.js';
import type { Measured } from '../rounds.js';
import type { Bar } from './chart.js';
import { decimal, percent, times, whole, type Grid } from './grid.js';
import { median, ratio, spread } from './statistics.js';

export interface Row {
  readonly contestant: string;
  readonly scenario: string;
  readonly isLedger: boolean;
  readonly connections: number;
  /** Medians of the rounds. */
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of processor time a request, database included. */
  readonly processor: number;
  /** (largest − smallest) / median of the rate. */
  readonly spread: number;
  readonly rounds: readonly { readonly perSecond: number; readonly p50: number; readonly p99: number }[];
}

/** The ledger beside another contestant. */
export interface Ratio {
  readonly against: string;
  readonly scenario: string;
  readonly connections: number;
  readonly rate: number;
  readonly p99: number;
}

export const rowOf = ({ cell, samples }: Measured<Cell, Sample>): Row => ({
  contestant: cell.contestant.name,
  scenario: cell.contestant.books ? cell.scenario.name : 'answer',
  isLedger: cell.contestant.books && !cell.contestant.writesOnly,
  connections: cell.connections,
  perSecond: median(samples.map(({ perSecond }) => perSecond)),
  p50: median(samples.map(({ p50 }) => p50)),
  p99: median(samples.map(({ p99 }) => p99)),
  processor: median(samples.map(({ processor }) => processor)),
  spread: spread(samples.map(({ perSecond }) => perSecond)),
  rounds: samples.map(({ perSecond, p50, p99 }) => ({ perSecond, p50, p99 })),
});

/** A ceiling is measured in one scenario and stands beside all. */
export function ratiosOf(rows: readonly Row[]): Ratio[] {
  const ours = rows.filter(({ contestant }) => contestant === 'ledger');
  return ours.flatMap((mine) =>
    rows
      .filter(({ contestant }) => contestant !== 'ledger')
      .filter(({ connections }) => connections === mine.connections)
      .filter(({ scenario }) => scenario === mine.scenario || scenario === 'answer')
      .map((other) => {
        const of = (figure: 'perSecond' | 'p99'): number =>
          ratio(
            mine.rounds.map((round) => round[figure]),
            other.rounds.map((round) => round[figure]),
          );
        const { scenario, connections } = mine;
        return { against: other.contestant, scenario, connections, rate: of('perSecond'), p99: of('p99') };
      }),
  );
}

export const gridsOf = (rows: readonly Row[], ratios: readonly Ratio[]): Grid[] => [
  {
    head: ['', 'accounts', 'connections', 'requests/s', 'p50 ms', 'p99 ms', 'CPU µs', 'spread'],
    rows: rows.map((row) => [
      row.contestant,
      row.scenario,
      String(row.connections),
      whole(row.perSecond),
      decimal(row.p50),
      decimal(row.p99),
      whole(row.processor),
      percent(row.spread),
    ]),
    names: 2,
  },
  {
    head: ['ledger against', 'accounts', 'connections', 'rate', 'p99'],
    rows: ratios.map(({ against, scenario, connections, rate, p99 }) => [
      against,
      scenario,
      String(connections),
      times(rate),
      times(p99),
    ]),
    names: 2,
  },
];

export const barOf = ({ contestant, isLedger, perSecond, p99 }: Row): Bar => ({
  name: contestant,
  length: perSecond,
  text: `${whole(perSecond)} /s, p99 ${decimal(p99)} ms`,
  kind: contestant === 'ledger' ? 'ledger' : isLedger ? 'other' : 'ceiling',
});

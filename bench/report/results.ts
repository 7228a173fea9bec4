import type { Measured } from '../measure.js';
import { median, spread } from './statistics.js';

export interface Row {
  readonly contestant: string;
  readonly scenario: string;
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

/** The ledger beside another contestant: the median of the ratios of each round, never a ratio of medians. */
export interface Ratio {
  readonly against: string;
  readonly scenario: string;
  readonly connections: number;
  readonly rate: number;
  readonly p99: number;
}

export interface Results {
  readonly when: string;
  readonly machine: string;
  readonly generator: string;
  readonly postgres: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly rows: readonly Row[];
  readonly ratios: readonly Ratio[];
  readonly warnings: readonly string[];
}

export const rowOf = ({ cell, samples }: Measured): Row => ({
  contestant: cell.contestant.name,
  scenario: cell.contestant.books ? cell.scenario.name : 'answer',
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
      .map((other) => ({
        against: other.contestant,
        scenario: mine.scenario,
        connections: mine.connections,
        rate: median(
          mine.rounds.map((round, index) => round.perSecond / (other.rounds[index]?.perSecond ?? NaN)),
        ),
        p99: median(mine.rounds.map((round, index) => round.p99 / (other.rounds[index]?.p99 ?? NaN))),
      })),
  );
}

/** What a reader has to know before believing the figures. */
export function warningsOf(measured: readonly Measured[], rows: readonly Row[]): string[] {
  const paces = measured.flatMap(({ samples }) => samples.map(({ pace }) => pace));
  const drift = spread(paces);
  const restless = rows.filter((row) => row.spread > 0.3);
  return [
    ...(drift > 0.25
      ? [`the machine's pace moved by ${percent(drift)} during the run: believe the ratios only`]
      : []),
    ...restless.map(
      (row) =>
        `${row.contestant}, ${row.scenario}, ${row.connections}: rounds differ by ${percent(row.spread)}`,
    ),
  ];
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

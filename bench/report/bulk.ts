import type { Measured } from '../rounds.js';
import { COLD, HOT, type Scenario } from '../scenarios.js';
import { chart } from './chart.js';
import { decimal, percent, times, whole, type Grid } from './grid.js';
import { median, ratio, spread } from './statistics.js';

export interface BulkPairing {
  readonly setting: { readonly scenario: Scenario };
  /** Requests at a time. */
  readonly atOnce: number;
}

export interface BulkCell {
  readonly kind: 'ledger' | 'durable' | 'raw' | 'lean';
  readonly pairing: BulkPairing;
}

export interface BulkSample {
  readonly perSecond: number;
  /** µs a command or event. */
  readonly processor: number;
  /** Events. */
  readonly perCommit: number;
  /** From the last result until the read models held all, ms. */
  readonly behind?: number;
}

type Bulk = Measured<BulkCell, BulkSample>;

export const NAMES: Readonly<Record<BulkCell['kind'], string>> = {
  ledger: 'ledger',
  durable: 'durable',
  raw: "raw, the ledger's table",
  lean: 'raw, leaner table',
};

const perSecondOf = ({ samples }: Bulk): number[] => samples.map(({ perSecond }) => perSecond);

const namesOf = ({ setting, atOnce }: BulkPairing): string[] => [setting.scenario.name, String(atOnce)];

export const ratesOf = (one: Bulk): { readonly name: string; readonly perSecond: number[] } => ({
  name: [NAMES[one.cell.kind], ...namesOf(one.cell.pairing)].join(', '),
  perSecond: perSecondOf(one),
});

/** @param commands of each sample */
export const bulkGrids = (measured: readonly Bulk[], commands: number): Grid[] => [
  {
    head: ['', 'accounts', 'requests', 'commands/s', 'CPU µs', 'a commit', 'behind ms', 'spread'],
    rows: measured.map(rowOf),
    names: 2,
  },
  {
    head: ['ledger, accounts', 'requests', 'of durable', 'of raw', 'of leaner', 'read models keep up with'],
    rows: measured
      .filter(({ cell }) => cell.kind === 'ledger')
      .map((mine) => {
        const against = (kind: BulkCell['kind']): string => {
          const other = measured.find(
            ({ cell }) => cell.kind === kind && cell.pairing === mine.cell.pairing,
          )!;
          return times(ratio(perSecondOf(mine), perSecondOf(other)));
        };
        const names = namesOf(mine.cell.pairing);
        return [...names, against('durable'), against('raw'), against('lean'), times(keptUp(mine, commands))];
      }),
    names: 1,
  },
];

function rowOf({ cell, samples }: Bulk): string[] {
  const of = (figure: keyof BulkSample): number =>
    median(samples.map((sample) => sample[figure] ?? Number.NaN));
  return [
    NAMES[cell.kind],
    ...namesOf(cell.pairing),
    whole(of('perSecond')),
    decimal(of('processor')),
    whole(of('perCommit')),
    whole(of('behind')),
    percent(spread(samples.map(({ perSecond }) => perSecond))),
  ];
}

/** What the rate would have been, had the last result waited for the read models. */
const keptUp = ({ samples }: Bulk, commands: number): number =>
  median(
    samples.map(({ perSecond, behind = 0 }) => {
      const seconds = commands / perSecond;
      return seconds / (seconds + behind / 1000);
    }),
  );

/** By their names. */
export const bulkCharts = (measured: readonly Bulk[]): Record<string, string> =>
  Object.fromEntries(
    [HOT, COLD].map(({ name, about }) => {
      const bars = measured
        .filter(({ cell }) => cell.pairing.setting.scenario.name === name)
        .map((one) => ({
          name: `${NAMES[one.cell.kind]} (${one.cell.pairing.atOnce})`,
          length: median(perSecondOf(one)),
          text: `${whole(median(perSecondOf(one)))} /s`,
          kind: one.cell.kind === 'ledger' ? ('ledger' as const) : ('ceiling' as const),
        }));
      return [`bulk-${name}`, chart(`Commands in bulk, ${name}: ${about}`, bars)];
    }),
  );

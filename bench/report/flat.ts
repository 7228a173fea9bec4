import type { Memory } from '../memory.js';
import type { Measured } from '../rounds.js';
import type { FirstCommands, Start } from '../starts.js';
import { decimal, percent, times, whole, type Grid } from './grid.js';
import { median, ratio, spread } from './statistics.js';

export interface Rate {
  readonly perSecond: number;
  /** Milliseconds, of a request; not told in bulk. */
  readonly p99?: number;
}

type Rates = Measured<{ readonly what: string; readonly store: 'empty' | 'full' }, Rate>;

const of = <S>(samples: readonly S[], figure: (sample: S) => number): number => median(samples.map(figure));
const all = ({ samples }: Rates): number[] => samples.map(({ perSecond }) => perSecond);

/** Each thing that is asked of both stores. */
export function ratesGrid(rates: readonly Rates[]): Grid {
  const full = rates.filter(({ cell }) => cell.store === 'full');
  const rows = full.map((one) => {
    const empty = rates.find(({ cell }) => cell.store === 'empty' && cell.what === one.cell.what)!;
    return [
      one.cell.what,
      whole(median(all(empty))),
      whole(median(all(one))),
      times(ratio(all(one), all(empty))),
      decimal(of(empty.samples, ({ p99 = Number.NaN }) => p99)),
      decimal(of(one.samples, ({ p99 = Number.NaN }) => p99)),
      percent(spread(all(empty))),
      percent(spread(all(one))),
    ];
  });
  const head = [
    '',
    'empty: /s',
    'full: /s',
    'full : empty',
    'empty: p99 ms',
    'full: p99 ms',
    'spread',
    'spread',
  ];
  return { head, rows, names: 1 };
}

export const startsGrid = (
  starts: readonly Measured<string, Start>[],
  memory: Readonly<Record<string, Memory>>,
): Grid => ({
  head: ['store', 'takes requests, ms', 'ready, ms', 'MiB then', 'MiB after the rounds', 'most'],
  rows: starts.map(({ cell, samples }) => [
    cell,
    whole(of(samples, ({ listening }) => listening)),
    whole(of(samples, ({ ready }) => ready)),
    whole(of(samples, (start) => start.memory)),
    whole(memory[cell]?.now ?? Number.NaN),
    whole(memory[cell]?.most ?? Number.NaN),
  ]),
  names: 1,
});

/** What loading a cold account adds is the difference to a later command on it. */
export const firstCommandsGrid = ({ samples }: Measured<unknown, FirstCommands>): Grid => ({
  head: ['first command on', 'ms'],
  rows: [
    [
      'an account of few events',
      decimal(
        of(samples, ({ short }) => short),
        2,
      ),
    ],
    [
      'the account of many events',
      decimal(
        of(samples, ({ long }) => long),
        2,
      ),
    ],
    [
      'the same again',
      decimal(
        of(samples, ({ again }) => again),
        2,
      ),
    ],
  ],
  names: 1,
});

export const bytesGrid = (bytes: {
  readonly log: number;
  readonly readModels: number;
  readonly perEntry: number;
}): Grid => ({
  head: ['on disk', 'bytes'],
  rows: [
    ['an event in the log (events.db)', whole(bytes.log)],
    ['an event in the read models (read-models.db)', whole(bytes.readModels)],
    ['an entry in PostgreSQL', whole(bytes.perEntry)],
  ],
  names: 1,
});

import { createHash } from 'node:crypto';
import { othersSince, readCores, type Cores } from './processor-time.js';

/** How the machine was while something was measured. */
export interface Moment {
  readonly round: number;
  /** How fast it was right before, in units of work a millisecond. */
  readonly pace: number;
  /** Cores that programs outside of the bench took meanwhile. NaN where the system does not tell. */
  readonly others: number;
}

/** What is measured once a round, and what came out in each. */
export interface Measured<Cell, Figures> {
  readonly cell: Cell;
  readonly samples: (Figures & Moment)[];
}

export interface Rounds {
  readonly rounds: number;
  readonly say: (line: string) => void;
}

/**
 * Measures every cell once a round. Each round begins with another cell and every other one goes backwards, so
 * that neither a machine that changes its pace nor what a neighbour leaves behind favours one of them.
 */
export async function inTurns<Cell, Figures>(
  cells: readonly Cell[],
  { rounds, say }: Rounds,
  measure: (cell: Cell) => Promise<Figures>,
): Promise<Measured<Cell, Figures>[]> {
  const measured = cells.map((cell) => ({ cell, samples: [] as (Figures & Moment)[] }));
  for (let round = 0; round < rounds; round++) {
    say(`round ${round + 1} of ${rounds}`);
    const shift = Math.floor((round * cells.length) / rounds);
    const order = [...measured.slice(shift), ...measured.slice(0, shift)];
    if (round % 2 === 1) order.reverse();
    for (const { cell, samples } of order) {
      const pace = machinePace();
      const before: Cores = await readCores();
      const figures = await measure(cell);
      samples.push({ ...figures, round, pace, others: await othersSince(before) });
    }
  }
  return measured;
}

/** A fixed piece of work: what it takes tells how fast the machine is just now. */
function machinePace(): number {
  const block = Buffer.alloc(64 * 1024);
  const started = performance.now();
  for (let index = 0; index < 200; index++) createHash('sha256').update(block).digest();
  return 200 / (performance.now() - started);
}

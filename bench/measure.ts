import { createHash } from 'node:crypto';
import type { Contestant, Running } from './contestant.js';
import type { Figures, Load } from './load/load.js';
import { processorSeconds } from './processor-time.js';
import type { Scenario } from './scenarios.js';

/** One figure is wanted of each cell in each round. */
export interface Cell {
  readonly contestant: Contestant;
  readonly running: Running;
  readonly scenario: Scenario;
  readonly connections: number;
}

export interface Sample extends Figures {
  readonly round: number;
  /** How fast the machine was right before, in units of work a millisecond. */
  readonly pace: number;
  /** Microseconds of processor time that the contestant and its database took for a request. */
  readonly processor: number;
}

export interface Measured {
  readonly cell: Cell;
  readonly samples: Sample[];
}

/** A new number for every run of the process: keys never meet those of another run. */
let runs = 0;

/**
 * Measures every cell once a round. Each round begins with another cell and every other one goes backwards, so
 * that neither a machine that changes its pace nor what a neighbour leaves behind favours one of them.
 */
export async function measure(
  cells: readonly Cell[],
  {
    load,
    rounds,
    seconds,
    say,
  }: { load: Load; rounds: number; seconds: number; say: (line: string) => void },
): Promise<Measured[]> {
  const measured = cells.map((cell) => ({ cell, samples: [] as Sample[] }));
  const booked = new Map<string, { created: number; cutOff: number }>();
  const one = async ({ contestant, running, scenario, connections }: Cell, duration: number) => {
    const keyPrefix = `run${++runs}-`;
    const before = await processorSeconds(running.pids);
    const figures = await load.run({ url: running.url, scenario, connections, seconds: duration, keyPrefix });
    await running.settle();
    const spent = (await processorSeconds(running.pids)) - before;
    if (figures.failed > 0) throw new Error(`${contestant.name}, ${scenario.name}: ${figures.failed} failed`);
    if (contestant.books) await compare(booked, { contestant, running, scenario, connections }, figures);
    return { ...figures, processor: (spent / figures.created) * 1e6 };
  };
  // Warm: compiled code, filled caches, open connections to the database.
  for (const cell of cells) await one(cell, 1);
  for (let round = 0; round < rounds; round++) {
    say(`round ${round + 1} of ${rounds}`);
    const shift = Math.floor((round * cells.length) / rounds);
    const order = [...measured.slice(shift), ...measured.slice(0, shift)];
    if (round % 2 === 1) order.reverse();
    for (const slot of order) {
      const pace = machinePace();
      slot.samples.push({ round, pace, ...(await one(slot.cell, seconds)) });
    }
  }
  return measured;
}

/**
 * Every 201 must be in the books, once. The generator leaves at the end without waiting: at most one command
 * a connection may be booked without its 201 having been counted.
 */
async function compare(
  booked: Map<string, { created: number; cutOff: number }>,
  { contestant, running, scenario, connections }: Cell,
  { created }: Figures,
): Promise<void> {
  const name = `${contestant.name} ${scenario.name}`;
  const before = booked.get(name) ?? { created: 0, cutOff: 0 };
  const sum = { created: before.created + created, cutOff: before.cutOff + connections };
  booked.set(name, sum);
  const entries = await running.verify(scenario);
  if (entries < sum.created || entries > sum.created + sum.cutOff)
    throw new Error(`${name}: ${sum.created} times 201, but ${entries} entries`);
}

/** A fixed piece of work: what it takes tells how fast the machine is just now. */
function machinePace(): number {
  const block = Buffer.alloc(64 * 1024);
  const started = performance.now();
  for (let index = 0; index < 200; index++) createHash('sha256').update(block).digest();
  return 200 / (performance.now() - started);
}

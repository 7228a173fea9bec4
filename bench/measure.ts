import type { Contestant, Running } from './contestant.js';
import type { Load } from './load/load.js';
import type { Figures } from './load/requests.js';
import { processorSeconds } from './processor-time.js';
import { inTurns, type Measured, type Rounds } from './rounds.js';
import type { Scenario } from './scenarios.js';

/** One figure is wanted of each cell in each round. */
export interface Cell {
  readonly contestant: Contestant;
  readonly running: Running;
  readonly scenario: Scenario;
  readonly connections: number;
}

export interface Sample extends Figures {
  /** Microseconds of processor time that the contestant and its database took for a request. */
  readonly processor: number;
}

/** Measures AddCredit in every cell once a round, after a warm-up, and looks at the books each time. */
export async function measure(
  cells: readonly Cell[],
  { load, seconds, ...rounds }: Rounds & { load: Load; seconds: number },
): Promise<Measured<Cell, Sample>[]> {
  const books = new Books();
  const one = async (cell: Cell, duration: number): Promise<Sample> => {
    const { contestant, running, scenario, connections } = cell;
    const before = await processorSeconds(running.pids);
    const what = { kind: 'add-credit', url: running.url, scenario, connections, seconds: duration } as const;
    const figures = await load.run(what);
    await running.settle();
    const spent = (await processorSeconds(running.pids)) - before;
    if (contestant.books) await books.compare(contestant.name, running, what, figures);
    return { ...figures, processor: (spent / figures.answered) * 1e6 };
  };
  // Warm: compiled code, filled caches, open connections to the database.
  for (const cell of cells) await one(cell, 1);
  return inTurns(cells, rounds, (cell) => one(cell, seconds));
}

/** What was answered with 201 beside what is booked, over all runs. */
export class Books {
  private readonly told = new Map<string, { answered: number; cutOff: number }>();

  /**
   * Every 201 must be in the books, once. The generator leaves at the end without waiting: at most one command
   * a connection may be booked without its 201 having been counted.
   * @throws Error when it is not so
   */
  async compare(
    contestant: string,
    running: Running,
    { scenario, connections }: { readonly scenario: Scenario; readonly connections: number },
    { answered }: Pick<Figures, 'answered'>,
  ): Promise<void> {
    const name = `${contestant} ${scenario.name}`;
    const before = this.told.get(name) ?? { answered: 0, cutOff: 0 };
    const sum = { answered: before.answered + answered, cutOff: before.cutOff + connections };
    this.told.set(name, sum);
    const entries = await running.verify(scenario);
    if (entries < sum.answered || entries > sum.answered + sum.cutOff)
      throw new Error(`${name}: ${sum.answered} times 201, but ${entries} entries`);
  }
}

import type { Scenario } from '../scenarios.js';
import type { Load } from './load.js';
import { startPaced } from './paced.js';

/** What was written while something else was measured. */
export interface Written {
  /** Answers a second. */
  readonly perSecond: number;
  readonly answered: number;
  /** Commands at most that were sent and whose answer nobody waited for. */
  readonly cutOff: number;
}

/** AddCredits that go on while something else is measured. */
export interface Meanwhile {
  readonly name: string;
  readonly scenario: Scenario;
  /** @returns what stops it, or waits for its end where it has one: soon after these seconds */
  start(url: string, seconds: number): () => Promise<Written>;
}

export const nothing = (scenario: Scenario): Meanwhile => ({
  name: 'nothing',
  scenario,
  start: () => () => Promise.resolve({ perSecond: 0, answered: 0, cutOff: 0 }),
});

export const paced = (scenario: Scenario, perSecond: number): Meanwhile => ({
  name: `${perSecond} commands/s`,
  scenario,
  start: (url) => {
    const stop = startPaced(url, scenario, perSecond);
    return async () => ({ ...(await stop()), cutOff: 0 });
  },
});

export const flood = (scenario: Scenario, connections: number, load: Load): Meanwhile => ({
  name: `${connections} connections, ${scenario.name}`,
  scenario,
  start: (url, seconds) => {
    // It begins earlier.
    const run = load.run({ kind: 'add-credit', url, scenario, connections, seconds: seconds + 1 });
    return async () => ({ ...(await run), cutOff: connections });
  },
});

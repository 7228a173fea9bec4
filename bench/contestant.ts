import type { Scenario } from './scenarios.js';

/** Something that answers AddCredit over HTTP and takes part in the rounds. */
export interface Contestant {
  readonly name: string;
  readonly about: string;
  /** False for a ceiling: it only answers, so the accounts make no difference to it. */
  readonly books: boolean;
  /** True for one that is no ledger, though it has something to look at in its books. */
  readonly writesOnly?: boolean;
  /** Starts it on an empty store. */
  start(): Promise<Running>;
}

export interface Running {
  /** `http://127.0.0.1:…` */
  readonly url: string;
  /** The processes that do the work; their children count as theirs. */
  readonly pids: readonly number[];
  /** Opens and funds the scenario's accounts. */
  seed(scenario: Scenario): Promise<void>;
  /** Resolves when nothing that the last run caused is still going on. */
  settle(): Promise<void>;
  /**
   * Looks whether the books are right: nothing made or lost, no key twice.
   * @returns how many AddCredits are in the books of the scenario
   * @throws Error what is wrong
   */
  verify(scenario: Scenario): Promise<number>;
  stop(): Promise<void>;
}

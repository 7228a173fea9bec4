import { mainAccountIds, sipAccountIds, type Scenario } from '../scenarios.js';

export interface Run {
  readonly kind: 'add-credit' | 'overview' | 'balance';
  readonly url: string;
  readonly scenario: Scenario;
  readonly connections: number;
  readonly seconds: number;
}

export interface Figures {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Answers with 2xx; any other is an error of the bench or of the contestant. */
  readonly answered: number;
}

export interface Counted extends Figures {
  readonly failed: number;
}

/**
 * Sends requests over keep-alive connections, each as soon as the one before it is answered, each command with a
 * key of its own that begins with the prefix.
 */
export interface Generator {
  readonly name: string;
  run(run: Run, keyPrefix: string): Promise<Counted>;
}

/** The paths that a run asks for, in turn. The script of wrk makes the same. */
export const pathsOf = ({ kind, scenario }: Pick<Run, 'kind' | 'scenario'>): string[] =>
  mainAccountIds(scenario).flatMap((main) => {
    const path = `/v1/main-accounts/${main}`;
    if (kind === 'overview') return [path];
    const accounts = sipAccountIds(scenario).map((sip) => `${path}/sip-accounts/${sip}`);
    return kind === 'balance' ? accounts : accounts.map((account) => `${account}/add-credit`);
  });

/** With which of them a run begins: not always the same, for a run may be too short for all of them. */
export const anyOf = (paths: number): number => Math.floor(Math.random() * paths);

const session = Date.now().toString(36);
let prefixes = 0;

/** Keys never meet those of another run, nor those of another day on the same store. */
export const newKeyPrefix = (): string => `${session}-${++prefixes}-`;

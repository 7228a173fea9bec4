import { existsSync } from 'node:fs';
import type { Scenario } from '../scenarios.js';
import { autocannonLoad } from './autocannon.js';
import { wrkLoad } from './wrk.js';

export interface Run {
  readonly url: string;
  readonly scenario: Scenario;
  readonly connections: number;
  readonly seconds: number;
  /** Every key of the run begins with it. */
  readonly keyPrefix: string;
}

export interface Figures {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Answers with 2xx; all others are an error of the bench or of the contestant. */
  readonly created: number;
  readonly failed: number;
}

/** Sends AddCredit over keep-alive connections, each as soon as the one before it is answered, each with a key of its own. */
export interface Load {
  readonly name: string;
  run(run: Run): Promise<Figures>;
}

/** wrk takes the least from the cores that everybody shares; autocannon comes with `npm install`. */
export const chooseLoad = (): Load => {
  const found = (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(`${folder}/wrk`));
  return found ? wrkLoad : autocannonLoad;
};

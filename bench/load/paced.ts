import { Agent } from 'node:http';
import { AMOUNT, type Scenario } from '../scenarios.js';
import { ask, command, expectStatus } from './http.js';
import { newKeyPrefix, pathsOf } from './requests.js';

/** Plenty: it is the pace that limits, and not how long the answers take. */
const CONNECTIONS = 512;
const TICK_MS = 5;

export interface Paced {
  /** What was answered a second while it ran: less than was asked for when the contestant did not keep up. */
  readonly perSecond: number;
  /** All of them in the end. */
  readonly answered: number;
}

/**
 * Sends so many AddCredits a second, whether those before are answered or not, until told to stop.
 * @returns what stops it, and resolves when the last one is answered
 */
export function startPaced(url: string, scenario: Scenario, perSecond: number): () => Promise<Paced> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const paths = pathsOf({ kind: 'add-credit', scenario });
  const keyPrefix = newKeyPrefix();
  const open = new Set<Promise<void>>();
  const started = performance.now();
  let [sent, answered] = [0, 0];
  let failure: unknown;

  const send = async (at: number): Promise<void> => {
    const wish = command(`${url}${paths[at % paths.length]}`, `${keyPrefix}${at}`, { amount: AMOUNT });
    expectStatus(201, wish, await ask(agent, wish));
    answered += 1;
  };
  const tick = (): void => {
    const due = ((performance.now() - started) / 1000) * perSecond;
    for (; sent < due; sent++) {
      const one: Promise<void> = send(sent)
        .catch((error: unknown) => void (failure = error))
        .then(() => void open.delete(one));
      open.add(one);
    }
  };
  const timer = setInterval(tick, TICK_MS);

  return async () => {
    clearInterval(timer);
    const rate = answered / ((performance.now() - started) / 1000);
    await Promise.all(open);
    agent.destroy();
    if (failure) throw failure;
    return { perSecond: rate, answered };
  };
}

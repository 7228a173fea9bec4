import { Agent } from 'node:http';
import { AMOUNT, type Scenario } from '../scenarios.js';
import { ask, command, expectStatus, type Answer, type Ask } from './http.js';
import { anyOf, newKeyPrefix, pathsOf } from './requests.js';

const LANES = 8;

/** Milliseconds from a 201 to the answer of a query for the same account, one figure a try. */
export interface OwnWrites {
  /** With `Ledger-At-Least`: sees the command. */
  readonly asked: readonly number[];
  /** Without it: answers at once, perhaps from before the command. */
  readonly plain: readonly number[];
  /** Without it, and asked again until it sees the command: nobody hurries the read models. */
  readonly unasked: readonly number[];
  readonly answered: number;
}

/** A few callers who add credit, look at the SIP account's balance, and begin again. */
export async function readOwnWrites(url: string, scenario: Scenario, seconds: number): Promise<OwnWrites> {
  const agent = new Agent({ keepAlive: true });
  const accounts = pathsOf({ kind: 'balance', scenario });
  const keyPrefix = newKeyPrefix();
  const until = performance.now() + seconds * 1000;
  const asked: number[] = [];
  const plain: number[] = [];
  const unasked: number[] = [];
  let count = 0;

  const lane = async (): Promise<void> => {
    while (performance.now() < until) {
      const at = count++;
      const account = `${url}${accounts[anyOf(accounts.length)]}`;
      const add = command(`${account}/add-credit`, `${keyPrefix}${at}`, { amount: AMOUNT });
      const position = String(expectStatus(201, add, await ask(agent, add)).headers['ledger-position']);
      const began = performance.now();
      const taken = (): number => performance.now() - began;
      const look = async (headers: Record<string, string>): Promise<bigint> => {
        const wish: Ask = { method: 'GET', url: account, headers };
        return positionOf(expectStatus(200, wish, await ask(agent, wish)));
      };
      if (at % 2 === 0) {
        if ((await look({ 'ledger-at-least': position })) < BigInt(position))
          throw new Error(`${account} was answered from before ${position}`);
        asked.push(taken());
      } else {
        let seen = await look({});
        plain.push(taken());
        while (seen < BigInt(position)) seen = await look({});
        unasked.push(taken());
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  agent.destroy();
  return { asked: asked, plain: plain, unasked: unasked, answered: count };
}

const positionOf = ({ body }: Answer): bigint =>
  BigInt((JSON.parse(body.toString()) as { readonly position: string }).position);

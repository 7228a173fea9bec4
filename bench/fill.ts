import { addCredits, openings, type RunningLedger } from './ledger.js';
import { bodiesOf, type Body, type Line } from './load/bulk.js';
import { newKeyPrefix } from './load/requests.js';
import { HOT, type Scenario } from './scenarios.js';

export interface Filling {
  readonly events: number;
  readonly accounts: number;
  /** Events of the one account that has many. */
  readonly long: number;
}

/** Lines of a request, and requests that are sent before their results are checked. */
const LINES = 10_000;
const REQUESTS = 4;

export const accountsOf = ({ accounts }: Filling): Scenario => ({
  name: 'customer',
  about: `${accounts} main accounts, 1 SIP account each`,
  mainAccounts: accounts,
  sipAccounts: 1,
});
export const LONG: Scenario = { ...HOT, name: 'long' };

/**
 * Books events in bulk through the service, as any caller would: accounts are opened, then credit is added to all of
 * them in turn, and again and again to the long one.
 */
export async function fill(
  running: RunningLedger,
  filling: Filling,
  say: (line: string) => void,
): Promise<void> {
  const opened = [...openings(accountsOf(filling)), ...openings(LONG)];
  const credits = filling.events - opened.length;
  if (credits < filling.long) throw new Error(`${filling.accounts} accounts need more events`);
  const started = performance.now();
  let booked = 0;
  const send = async (bodies: readonly Body[], atOnce: number): Promise<void> => {
    const before = Math.floor(booked / 500_000);
    (await running.book(bodies, atOnce)).check();
    for (const { lines } of bodies) booked += lines;
    if (Math.floor(booked / 500_000) > before)
      say(`${booked} events after ${((performance.now() - started) / 1000).toFixed(0)} s`);
  };
  // One request at a time, for the lines of one account may be in two of them.
  for (const body of bodiesOf(opened, LINES)) await send([body], 1);
  let waiting: Body[] = [];
  for (const body of bodiesOf(mixed(filling, credits), LINES)) {
    waiting.push(body);
    if (waiting.length < REQUESTS) continue;
    await send(waiting, 2);
    waiting = [];
  }
  await send(waiting, 2);
}

/** AddCredits to the long account strewn evenly among those to all others. */
function* mixed(filling: Filling, credits: number): Generator<Line> {
  const keyPrefix = newKeyPrefix();
  const toLong = filling.long;
  const long = addCredits(LONG, toLong, keyPrefix);
  const others = addCredits(accountsOf(filling), credits - toLong, keyPrefix);
  for (let at = 0; at < credits; at++) {
    const turn = Math.floor(((at + 1) * toLong) / credits) > Math.floor((at * toLong) / credits);
    yield (turn ? long : others).next().value as Line;
  }
}

import { accountsOf, LONG, type Filling } from './fill.js';
import { RunningLedger } from './ledger.js';
import { newKeyPrefix } from './load/requests.js';
import { residentMemory } from './memory.js';
import { median } from './report/statistics.js';

export interface Start {
  /** Milliseconds from the start of the process until it took requests, and until it was ready. */
  readonly listening: number;
  readonly ready: number;
  /** MiB, resident when it was. */
  readonly memory: number;
}

/** Milliseconds that a command took on an account that this process had not met. */
export interface FirstCommands {
  /** The account of many events; an account of few; and a later command on the first. */
  readonly long: number;
  readonly short: number;
  readonly again: number;
}

/** Commands that warm the service up, and accounts whose first command is timed. */
const WARM = 300;
const TIMED = 20;

/** Starts a service on the store, and stops it. The system has the files in its cache. */
export async function measureStart(dataDir: string, service?: string): Promise<Start> {
  const { running, ...start } = await started(dataDir, service);
  await running.stop();
  return start;
}

/** The same on a store that was filled, with commands on accounts that are cold. */
export async function measureFirstCommands(
  dataDir: string,
  filling: Filling,
  service?: string,
): Promise<Start & FirstCommands> {
  const { running, ...start } = await started(dataDir, service);
  const keyPrefix = newKeyPrefix();
  let commands = 0;
  const time = async (mainAccountId: string): Promise<number> => {
    const began = performance.now();
    await running.addCredit(mainAccountId, 'sip-0', `${keyPrefix}${commands++}`);
    return performance.now() - began;
  };
  const { name, mainAccounts } = accountsOf(filling);
  const stride = Math.floor(mainAccounts / (WARM + TIMED));
  const cold = async (count: number): Promise<number[]> => {
    const taken: number[] = [];
    for (let at = 0; at < count; at++) taken.push(await time(`${name}-${commands * stride}`));
    return taken;
  };
  await cold(WARM);
  const short = median(await cold(TIMED));
  const long = await time(`${LONG.name}-0`);
  const repeated: number[] = [];
  for (let at = 0; at < TIMED; at++) repeated.push(await time(`${LONG.name}-0`));
  await running.stop();
  return { ...start, long, short, again: median(repeated) };
}

async function started(dataDir: string, service?: string): Promise<Start & { running: RunningLedger }> {
  const began = performance.now();
  const running = await RunningLedger.start(dataDir, service);
  const listening = performance.now() - began;
  await running.ready();
  const ready = performance.now() - began;
  return { running, listening, ready, memory: (await residentMemory(running.pids[0]!)).now };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { API_KEY, startServer } from './child.js';
import type { Contestant, Running } from './contestant.js';
import { AMOUNT, FUNDS, mainAccountIds, sipAccountIds } from './scenarios.js';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

interface Overview {
  readonly available: string;
  readonly sipAccountsAvailable: string;
}

/** The built service, as shipped, through its public API. Only the limit on requests is off: it would be the result. */
export const ledger = (directory: string, main: string = MAIN): Contestant => ({
  name: 'ledger',
  about: 'this ledger, as shipped: bearer auth, validation, hash chain, metrics, logs',
  books: true,
  start: async () => {
    const dataDir = await mkdtemp(join(directory, 'ledger-'));
    const server = await startServer([main], {
      LEDGER_PORT: '0',
      LEDGER_DATA_DIR: dataDir,
      LEDGER_BOOTSTRAP_KEY: API_KEY,
      LEDGER_RATE_LIMIT: '0',
    });
    return {
      ...server,
      ...bookkeeping(server.url),
      stop: async () => {
        await server.stop();
        await rm(dataDir, { recursive: true, force: true });
      },
    };
  },
});

function bookkeeping(url: string): Pick<Running, 'seed' | 'settle' | 'verify'> {
  const accounts = `${url}/v1/main-accounts`;
  const authorization = `Bearer ${API_KEY}`;
  let position = '0';

  const post = async (path: string, key: string, body: unknown): Promise<void> => {
    const response = await fetch(`${accounts}${path}`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (response.status !== 201) throw new Error(`POST ${path}: ${response.status} ${text}`);
    position = response.headers.get('ledger-position') ?? position;
  };

  const overview = async (mainAccountId: string): Promise<Overview> => {
    const headers = { authorization, 'ledger-at-least': position };
    const response = await fetch(`${accounts}/${mainAccountId}`, { headers });
    if (!response.ok) throw new Error(`GET ${mainAccountId}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Overview;
  };

  return {
    seed: async (scenario) => {
      const open = async (id: string): Promise<void> => {
        await post('', 'open', { mainAccountId: id, currency: 'EUR' });
        await post(`/${id}/purchases`, 'fund', { amount: FUNDS, reference: 'bench' });
        for (const sipAccountId of sipAccountIds(scenario))
          await post(`/${id}/sip-accounts`, `add-${sipAccountId}`, { sipAccountId });
      };
      await inParallel(32, mainAccountIds(scenario), open);
    },
    // One more command, and the read model up to it: then it holds all that the run booked.
    settle: async () => {
      const id = `settled-${Date.now()}`;
      await post('', 'open', { mainAccountId: id, currency: 'EUR' });
      await overview(id);
    },
    verify: async (scenario) => {
      let entries = 0;
      await inParallel(32, mainAccountIds(scenario), async (id) => {
        const { available, sipAccountsAvailable } = await overview(id);
        const spent = units(sipAccountsAvailable);
        if (units(available) + spent !== units(FUNDS))
          throw new Error(`${id} does not add up: ${available} + ${sipAccountsAvailable}`);
        entries += Number(spent / units(AMOUNT));
      });
      return entries;
    },
  };
}

/** An amount in ten-thousandths. */
const units = (amount: string): bigint => BigInt(amount.replace('.', ''));

async function inParallel<T>(
  lanes: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const lane = async (): Promise<void> => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

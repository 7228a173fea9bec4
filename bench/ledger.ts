import { mkdtemp } from 'node:fs/promises';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { API_KEY, startServer, type Server } from './child.js';
import type { Contestant, Running } from './contestant.js';
import { bodiesOf, BulkLoad, type Body, type BulkFigures, type Line } from './load/bulk.js';
import { ask, command, expectStatus, type Answer, type Ask } from './load/http.js';
import { AMOUNT, FUNDS, mainAccountIds, sipAccountIds, type Scenario } from './scenarios.js';

/** As `npm start` and the image have them. */
const NODE_OPTIONS = ['--max-semi-space-size=32'];

export const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
/** Lines of a request when accounts are opened: well within what one may have. */
const LINES = 10_000;
const LANES = 32;

interface Overview {
  readonly available: string;
  readonly sipAccountsAvailable: string;
}

/** The built service, as shipped, through its public API. Only the limit on requests is off: it would be the result. */
export const ledger = (directory: string, main?: string): Contestant => ({
  name: 'ledger',
  about: 'this ledger, as shipped: bearer auth, validation, hash chain, metrics, logs',
  books: true,
  start: async () => RunningLedger.start(await mkdtemp(join(directory, 'ledger-')), main),
});

export class RunningLedger implements Running {
  readonly url: string;
  readonly pids: readonly number[];
  private readonly agent = new Agent({ keepAlive: true, maxSockets: LANES });
  private readonly bulk: BulkLoad;
  /** The read models hold at least this when an account is looked at. */
  private position = '0';
  private settled = 0;

  private constructor(
    private readonly server: Server,
    readonly dataDir: string,
  ) {
    this.url = server.url;
    this.pids = server.pids;
    this.bulk = new BulkLoad(server.url);
  }

  /** @param main the main.js of the build */
  static async start(dataDir: string, main: string = MAIN): Promise<RunningLedger> {
    const server = await startServer([...NODE_OPTIONS, main], {
      LEDGER_PORT: '0',
      LEDGER_DATA_DIR: dataDir,
      LEDGER_BOOTSTRAP_KEY: API_KEY,
      LEDGER_RATE_LIMIT: '0',
    });
    return new RunningLedger(server, dataDir);
  }

  /** Resolves when the service says that it can do all of its work. */
  async ready(): Promise<void> {
    const health: Ask = { method: 'GET', url: `${this.url}/health/ready` };
    while ((await ask(this.agent, health)).status !== 200) await delay(2);
  }

  async seed(scenario: Scenario): Promise<void> {
    const figures = await this.book([...bodiesOf(openings(scenario), LINES)]);
    figures.check();
  }

  /** Books the lines of the bodies, which are sent one after the other or so many at a time. */
  book(bodies: readonly Body[], atOnce = 1): Promise<BulkFigures> {
    return this.bulk.send(bodies, atOnce);
  }

  /** One AddCredit by itself. */
  async addCredit(mainAccountId: string, sipAccountId: string, key: string): Promise<Answer> {
    const path = `/${mainAccountId}/sip-accounts/${sipAccountId}/add-credit`;
    return this.post(path, key, { amount: AMOUNT });
  }

  /** One more command, and the read model up to it: then it holds all that was booked before. */
  async settle(): Promise<void> {
    const mainAccountId = `settled-${Date.now()}-${++this.settled}`;
    const { headers } = await this.post('', 'open', { mainAccountId, currency: 'EUR' });
    this.position = String(headers['ledger-position']);
    await this.overview(mainAccountId);
  }

  async verify(scenario: Scenario): Promise<number> {
    let entries = 0;
    const rest = mainAccountIds(scenario).values();
    const lane = async (): Promise<void> => {
      for (const id of rest) {
        const { available, sipAccountsAvailable } = await this.overview(id);
        const spent = units(sipAccountsAvailable);
        if (units(available) + spent !== units(FUNDS))
          throw new Error(`${id} does not add up: ${available} + ${sipAccountsAvailable}`);
        entries += Number(spent / units(AMOUNT));
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return entries;
  }

  async stop(): Promise<void> {
    this.bulk.close();
    this.agent.destroy();
    await this.server.stop();
  }

  private async post(path: string, key: string, body: unknown): Promise<Answer> {
    const wish = command(`${this.url}/v1/main-accounts${path}`, key, body);
    return expectStatus(201, wish, await ask(this.agent, wish));
  }

  /** Asked again as long as the read models are behind: after much at once they may be, for longer than a query waits. */
  private async overview(mainAccountId: string): Promise<Overview> {
    const url = `${this.url}/v1/main-accounts/${mainAccountId}`;
    const wish: Ask = { method: 'GET', url, headers: { 'ledger-at-least': this.position } };
    for (;;) {
      const answer = await ask(this.agent, wish);
      if (answer.status === 503 && answer.body.includes('read-model-behind')) continue;
      return JSON.parse(expectStatus(200, wish, answer).body.toString()) as Overview;
    }
  }
}

/** The commands that open and fund the scenario's accounts. */
export function* openings(scenario: Scenario): Generator<Line> {
  const sipAccounts = sipAccountIds(scenario);
  for (const mainAccountId of mainAccountIds(scenario)) {
    yield { command: 'OpenMainAccount', idempotencyKey: 'open', mainAccountId, currency: 'EUR' };
    const purchase = { mainAccountId, amount: FUNDS, reference: 'bench' };
    yield { command: 'PurchaseCredit', idempotencyKey: 'fund', ...purchase };
    for (const sipAccountId of sipAccounts)
      yield { command: 'AddSipAccount', idempotencyKey: `add-${sipAccountId}`, mainAccountId, sipAccountId };
  }
}

/** So many AddCredits, in turn to all accounts. */
export function* addCredits(scenario: Scenario, count: number, keyPrefix: string): Generator<Line> {
  const [mains, sips] = [mainAccountIds(scenario), sipAccountIds(scenario)];
  for (let at = 0; at < count; at++)
    yield {
      command: 'AddCredit',
      idempotencyKey: `${keyPrefix}${at}`,
      mainAccountId: mains[at % mains.length]!,
      sipAccountId: sips[Math.floor(at / mains.length) % sips.length]!,
      amount: AMOUNT,
    };
}

/** An amount in ten-thousandths. */
const units = (amount: string): bigint => BigInt(amount.replace('.', ''));

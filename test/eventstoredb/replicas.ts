import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Receipt } from '../../src/ledger/domain/receipt.js';
import { KEY, Service, temporaryDirectory } from '../support/service.js';

interface Overview {
  readonly available: string;
  readonly sipAccountsAvailable: string;
  readonly revision: number;
}

/** What two replicas of the built service promise on one EventStoreDB. Each test has an account of its own. */
export function replicasContract(
  server: string,
  open: () => Promise<{ url: string; stop: () => Promise<void> }>,
): void {
  describe(`two replicas on one store: ${server}`, () => {
    let stopServer: () => Promise<void>;
    let env: Record<string, string>;
    let here: Service;
    let there: Service;
    let thereDir: string;
    let m: string;

    beforeAll(async () => {
      const { url, stop } = await open();
      stopServer = stop;
      env = { LEDGER_STORE: 'eventstoredb', LEDGER_EVENTSTOREDB_URL: url };
      thereDir = temporaryDirectory();
      [here, there] = await Promise.all([
        Service.start(temporaryDirectory(), env),
        Service.start(thereDir, env),
      ]);
      await Promise.all([here.ready(), there.ready()]);
    }, 60_000);

    afterAll(async () => {
      await Promise.all([here.stop(), there.stop()]);
      await stopServer();
    });

    beforeEach(async () => {
      m = randomUUID();
      await booked(here.command('', { mainAccountId: m, currency: 'EUR' }, 'open'));
      await purchase(here, '100', 'first-purchase');
      await booked(here.command(`/${m}/sip-accounts`, { sipAccountId: '100' }, 'sip'));
    });

    const purchase = (at: Service, amount: string, key: string) =>
      booked(at.command(`/${m}/purchases`, { amount, reference: 'invoice' }, key));
    const add = (at: Service, amount: string, key: string) =>
      at.command(`/${m}/sip-accounts/100/add-credit`, { amount }, key);
    const overview = (at: Service, atLeast: string) => at.query<Overview>(`/${m}`, atLeast);

    it('books every command of both once, also for one hot account', async () => {
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, at) => booked(add(at % 2 ? here : there, '1', `hot-${at}`))),
      );
      expect(new Set(answers.map(({ receipt }) => receipt.revision)).size).toBe(60);
      const last = answers.reduce((a, b) => (b.receipt.revision > a.receipt.revision ? b : a)).position;
      for (const at of [here, there])
        expect(await overview(at, last)).toMatchObject({
          available: '40.0000',
          sipAccountsAvailable: '60.0000',
          revision: 62,
        });
    });

    it('shows at one what was just done at the other', async () => {
      for (let turn = 1; turn <= 10; turn++) {
        const { position } = await booked(add(turn % 2 ? here : there, '1', `turn-${turn}`));
        expect((await overview(turn % 2 ? there : here, position)).sipAccountsAvailable).toBe(`${turn}.0000`);
      }
    });

    it('answers a key that the other booked with the same receipt, though its own state is stale', async () => {
      await booked(add(there, '1', 'warm'));
      await purchase(here, '500', 'second-purchase');
      const first = await booked(add(here, '550', 'large'));
      const again = await booked(add(there, '550', 'large'));
      expect(again.text).toBe(first.text);
      expect(again.replayed).toBe('true');
    });

    it('books a key once that reaches both at the same time', async () => {
      for (let turn = 0; turn < 10; turn++) {
        const both = await Promise.all([here, there].map((at) => booked(add(at, '1', `both-${turn}`))));
        expect(both[0]?.text).toBe(both[1]?.text);
      }
      const { position, receipt } = await booked(add(here, '1', 'end'));
      expect(receipt.revision).toBe(13);
      expect((await overview(there, position)).sipAccountsAvailable).toBe('11.0000');
    });

    it('catches up when it was away', async () => {
      await there.stop();
      for (let at = 0; at < 20; at++) await booked(add(here, '1', `away-${at}`));
      const { position } = await booked(add(here, '1', 'last'));
      there = await Service.start(thereDir, env);
      expect((await overview(there, position)).sipAccountsAvailable).toBe('21.0000');
    });

    it('builds its read models anew while both go on booking', async () => {
      const rebuild = async (method: string) => {
        const headers = { Authorization: `Bearer ${KEY}` };
        const answer = await fetch(`${here.url}/v1/read-models/rebuild`, { method, headers });
        return (await answer.json()) as { readonly state: string };
      };
      let { state } = await rebuild('POST');
      let position = '';
      let turns = 0;
      for (; state === 'running'; turns += 1) {
        ({ position } = await booked(add(turns % 2 ? here : there, '0.01', `turn-${turns}`)));
        ({ state } = await rebuild('GET'));
      }
      expect(state).toBe('done');
      // They have just taken their place.
      await here.ready();
      const shown = await Promise.all([here, there].map((at) => overview(at, position)));
      expect(shown.map(({ sipAccountsAvailable }) => sipAccountsAvailable)).toEqual([
        (turns / 100).toFixed(4),
        (turns / 100).toFixed(4),
      ]);
    }, 60_000);

    it('loses and doubles nothing when one is killed amid commands that are repeated at the other', async () => {
      const keys = Array.from({ length: 40 }, (_, at) => `kill-${at}`);
      const sent = keys.map((key) => add(here, '1', key).then(String, String));
      await new Promise((resolve) => setTimeout(resolve, 15));
      await here.kill();
      await Promise.all(sent);
      const answers = await Promise.all(keys.map((key) => booked(add(there, '1', key))));
      expect(new Set(answers.map(({ receipt }) => receipt.eventId)).size).toBe(40);
      here = await Service.start(temporaryDirectory(), env);
      await here.ready();
      const { position } = await booked(add(here, '1', 'after'));
      expect((await overview(here, position)).sipAccountsAvailable).toBe('41.0000');
      // The longer the log of the server, the longer a replica takes that comes with nothing.
    }, 60_000);
  });
}

/** A command's answer, which has to be a receipt. */
async function booked(answer: Promise<Response>) {
  const response = await answer;
  const text = await response.text();
  if (response.status !== 201) throw new Error(`${response.status} ${text}`);
  return {
    text,
    receipt: JSON.parse(text) as Receipt,
    position: response.headers.get('Ledger-Position') ?? '',
    replayed: response.headers.get('Idempotent-Replayed'),
  };
}

import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { requireServer } from '../support/eventstoredb/server.js';
import { bookExample, DESK, DOOR, HALL, HOME } from '../support/example.js';
import { Service, temporaryDirectory } from '../support/service.js';

const env = { LEDGER_STORE: 'eventstoredb', LEDGER_EVENTSTOREDB_URL: await requireServer() };

interface History {
  readonly entries: readonly { readonly type: string }[];
}

describe('the built service on EventStoreDB', () => {
  const directories = [temporaryDirectory(), temporaryDirectory()] as const;
  const m = randomUUID();
  let service: Service;
  /** What the last command of the example was answered. */
  let receipt: string;
  let position: string;

  const overview = () => service.query<object>(`/${m}`, position);
  const history = () => service.query<History>(`/${m}/history?limit=1000`, position);
  const add = (amount: string, key: string) =>
    service.command(`/${m}/sip-accounts/${DOOR}/add-credit`, { amount }, key);

  beforeAll(async () => {
    service = await Service.start(directories[0], env);
    await service.ready();
    await bookExample(service, m);
    const last = await add('0.0001', 'last');
    receipt = await last.text();
    position = last.headers.get('Ledger-Position') ?? '';
  }, 60_000);

  afterAll(async () => {
    await service.stop();
    for (const directory of directories) rmSync(directory, { recursive: true, force: true });
  });

  it('shows what was bought and where it went', async () => {
    expect(await overview()).toMatchObject({
      available: '61.3599',
      sipAccountsAvailable: '48.8981',
      sipAccounts: [
        { sipAccountId: DESK, available: '12.2109' },
        { sipAccountId: DOOR, available: '0.0001' },
        { sipAccountId: HALL, available: '25.0000' },
        { sipAccountId: HOME, available: '11.6871' },
      ],
    });
  });

  it('tells the history from the first event to the last', async () => {
    const { entries } = await history();
    expect(entries.map(({ type }) => type)).toEqual([
      'MainAccountOpened',
      'CreditPurchased',
      ...Array.from({ length: 4 }, () => 'SipAccountAdded'),
      ...Array.from({ length: 6 }, () => 'CreditAllocated'),
      'CreditReclaimed',
      'CreditReclaimed',
      'CreditAllocated',
      'CreditAllocated',
    ]);
    expect(entries.at(-1)).toMatchObject({ mainAccount: { available: '61.3599' } });
  });

  it('refuses more than is available, and says how much is', async () => {
    const answer = await add('61.36', 'too-much');
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ code: 'insufficient-credit', available: '61.3599' });
  });

  it('answers the same, and every key as the first time, when it has lost its read models', async () => {
    const before = [await overview(), await history()];
    expect(await service.stop()).toBe(0);
    service = await Service.start(directories[1], env);
    await service.ready();

    const again = await add('0.0001', 'last');
    expect([await again.text(), again.headers.get('Idempotent-Replayed')]).toEqual([receipt, 'true']);
    expect((await add('0.0002', 'last')).status).toBe(422);
    // How far the read models have come is the server's whole log, to which others may write.
    const strip = (answer: object) => ({ ...answer, position: '', asOf: '' });
    expect([await overview(), await history()].map(strip)).toEqual(before.map(strip));
  }, 60_000);

  it('shows each command to the query that follows it', async () => {
    for (let turn = 1; turn <= 10; turn += 1) {
      const answer = await add('0.0001', `turn-${turn}`);
      const after = answer.headers.get('Ledger-Position') ?? '';
      expect(await service.query(`/${m}/sip-accounts/${DOOR}`, after)).toMatchObject({
        available: `0.00${String(turn + 1).padStart(2, '0')}`,
      });
    }
  });
});

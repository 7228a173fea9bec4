import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { audit } from '../../src/audit/audit.js';
import { START, type EventStore } from '../../src/event-store/event-store.js';
import type { EventMetadata } from '../../src/ledger/domain/events.js';
import { persist, randomOf, type Told } from '../support/eventstoredb/campaign.js';
import { openHasty } from '../support/eventstoredb/open.js';
import { Simulator } from '../support/eventstoredb/simulator.js';
import { Ledger } from '../support/ledger.js';

const SEED = Number(process.env['FAULT_SEED'] ?? Date.now() % 1_000_000);
const ACCOUNTS = Array.from({ length: 20 }, (_, at) => `account-${at}`);

/**
 * Customers buy credit and allocate it in one breath, so that both leave in one append, which the server writes only
 * after the adapter has lost patience. Their clients repeat the keys, those who allocate before those who buy.
 * `FAULT_SEED=…` repeats the choices of a run.
 */
describe(`appends that are written after they were given up, seed ${SEED}`, () => {
  const random = randomOf(SEED);
  let simulator: Simulator;
  let store: EventStore;
  let ledger: Ledger;
  let first: Told[];
  let told: Told[];

  const intentsOf = (account: string) => [
    { account, key: 'buy', send: () => ledger.purchase(account, '90', 'buy') },
    { account, key: 'add', send: () => ledger.add(account, '100', '100', 'add') },
  ];
  const intents = ACCOUNTS.flatMap(intentsOf);

  beforeAll(async () => {
    simulator = await Simulator.start();
    store = await openHasty(simulator.url, { tryMs: 2000, patienceMs: 200 });
    ledger = new Ledger(store);
    for (const account of ACCOUNTS) await ledger.funded(account, '10', '100');
    simulator.lateMs = 1000;
    simulator.appendFault = () => 'written late';
    first = await Promise.all(intents.map((intent) => persist(intent, [ledger], random, () => true)));
    simulator.appendFault = () => (random() < 0.3 ? 'written late' : undefined);
    told = await Promise.all(
      intents.map(async (intent) => {
        await delay(intent.key === 'buy' ? random() * 1500 : random() * 50);
        return persist(intent, [ledger], random, () => false);
      }),
    );
    // What still waits in the server is written.
    await delay(simulator.lateMs);
  }, 60_000);
  afterAll(async () => {
    await store.close();
    await simulator.stop();
  });

  it('left all in doubt', () =>
    expect(new Set(first.map(({ outcome }) => outcome))).toEqual(new Set(['unknown'])));

  it('booked what was acknowledged, once, and nothing that was refused', async () => {
    for (const account of ACCOUNTS) {
      const keys = (await ledger.events(account)).map(
        ({ metadata }) => (JSON.parse(metadata) as EventMetadata).idempotencyKey,
      );
      const booked = told.filter(({ intent, outcome }) => intent.account === account && outcome === 'booked');
      expect([account, ...keys.slice(3)].toSorted()).toEqual(
        [account, ...booked.map(({ intent }) => intent.key)].toSorted(),
      );
    }
  });

  it('left a whole hash chain', async () => {
    expect((await audit(() => store.readAll(START))).findings).toEqual([]);
  });
});

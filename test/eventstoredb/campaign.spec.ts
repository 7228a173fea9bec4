import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { audit, type AuditReport } from '../../src/audit/audit.js';
import { START, type EventStore, type RecordedEvent } from '../../src/event-store/event-store.js';
import type { EventMetadata } from '../../src/ledger/domain/events.js';
import type { Receipt } from '../../src/ledger/domain/receipt.js';
import { collect } from '../contract/event-store.contract.js';
import { persist, pick, randomOf, type Intent, type Told } from '../support/eventstoredb/campaign.js';
import { openHasty } from '../support/eventstoredb/open.js';
import { APPEND_FAULTS, Simulator } from '../support/eventstoredb/simulator.js';
import { Ledger } from '../support/ledger.js';

const SEED = Number(process.env['FAULT_SEED'] ?? Date.now() % 1_000_000);
const LASTS_MS = 6_000;
const CLIENTS = 16;
const ACCOUNTS = ['hot', 'hot', 'hot', 'a', 'b', 'c'];
const SIPS = ['100', '200', '300'];

/**
 * Clients send commands to three replicas while appends, reads, subscriptions, connections and the server itself
 * fail at random. `FAULT_SEED=… npm run jest -- test/eventstoredb/campaign` repeats the choices of a run.
 *
 * It was seen to fail with an adapter that gives the events of a second try new ids, and with one that calls an
 * unknown outcome a failure. It does not fail with one that reports a doubtful try as a conflict, so that the
 * writer decides again: the writer looks for the key in the log first, the expected revision lets in only one
 * of the two tries, and the hash read back says which.
 */
describe(`a campaign of faults, seed ${SEED}`, () => {
  const random = randomOf(SEED);
  let simulator: Simulator;
  let stores: EventStore[];
  let told: Told[];
  let log: RecordedEvent[];
  let report: AuditReport;
  let followed: RecordedEvent[][];
  const escaped: unknown[] = [];
  const note = (error: unknown): void => void escaped.push(error);

  beforeAll(async () => {
    process.on('unhandledRejection', note);
    simulator = await Simulator.start();
    stores = await Promise.all([1, 2, 3].map(() => openHasty(simulator.url)));
    const replicas = stores.map((store) => new Ledger(store));
    for (const account of new Set(ACCOUNTS)) await replicas[0]?.funded(account, '1000', ...SIPS);
    const following = followAll(stores);

    const end = performance.now() + LASTS_MS;
    const timeIsUp = () => performance.now() >= end;
    const weather = fail(simulator, random, timeIsUp);
    const clients = Array.from({ length: CLIENTS }, async (_, client) => {
      const mine: Told[] = [];
      for (let turn = 0; !timeIsUp(); turn++)
        mine.push(await persist(intentOf(random, `${client}-${turn}`), replicas, random, timeIsUp));
      return mine;
    });
    told = (await Promise.all(clients)).flat();
    await weather;
    // The sky is clear: who is still in doubt repeats the key once more.
    told = await Promise.all(
      told.map(async (one) =>
        one.outcome === 'unknown' ? persist(one.intent, replicas, random, () => true) : one,
      ),
    );
    const judge = await openHasty(simulator.url, { tryMs: 5_000 });
    stores.push(judge);
    log = await collect(judge.readAll(START));
    report = await audit(() => judge.readAll(START));
    followed = await following(log.length);
  }, 60_000);

  afterAll(async () => {
    process.off('unhandledRejection', note);
    await Promise.all(stores.map((store) => store.close()));
    await simulator.stop();
  });

  const booked = () => told.filter(({ outcome }) => outcome === 'booked');

  const eventsOf = ({ account, key }: Intent) =>
    log.filter(
      (event) =>
        event.stream === `mainAccount-${account}` &&
        (JSON.parse(event.metadata) as EventMetadata).idempotencyKey === key,
    );

  it('let commands through, and met faults', () => {
    expect(booked().length).toBeGreaterThan(20);
    expect(simulator.appends).toBeGreaterThan(booked().length / 10);
  });

  it('booked each acknowledged command exactly once, and says so with one receipt', () => {
    for (const { intent, receipts } of booked()) {
      const [event, ...more] = eventsOf(intent);
      expect(more).toEqual([]);
      expect(new Set(receipts).size).toBe(1);
      const { eventId, revision } = JSON.parse(receipts[0] ?? '') as Receipt;
      expect({ eventId, revision }).toEqual({ eventId: event?.id, revision: event?.revision });
    }
  });

  it('booked nothing that was refused or failed', () => {
    for (const { intent, outcome, receipts } of told.filter((one) => one.outcome !== 'booked')) {
      expect({ outcome, receipts, events: eventsOf(intent) }).toEqual({ outcome, receipts: [], events: [] });
      expect(outcome).not.toBe('unknown');
    }
  });

  it('booked nothing that nobody sent', () => {
    expect(log).toHaveLength(booked().length + 4 * (2 + SIPS.length));
  });

  it('left balances that equal the sum of what was acknowledged', () => {
    for (const account of new Set(ACCOUNTS)) {
      const receipts = booked()
        .filter(({ intent }) => intent.account === account)
        .map((one) => JSON.parse(one.receipts[0] ?? '') as Receipt);
      const sum = (type: Receipt['type'], sip?: string) =>
        receipts
          .filter((receipt) => receipt.type === type && receipt.sipAccountId === sip)
          .reduce((total, { amount }) => total + unitsOf(amount ?? ''), 0n);
      const balances = report.accounts.get(`mainAccount-${account}`)?.balances;
      expect(balances?.purchased).toBe(unitsOf('1000.0000') + sum('CreditPurchased'));
      for (const sip of SIPS)
        expect(balances?.sip.get(sip)?.available).toBe(
          sum('CreditAllocated', sip) - sum('CreditReclaimed', sip),
        );
    }
  });

  it('let no error escape', () => {
    expect(escaped).toEqual([]);
  });

  it('left a whole hash chain, and every follower with the log as it is', () => {
    expect(report.findings).toEqual([]);
    for (const events of followed) expect(events.map(({ id }) => id)).toEqual(log.map(({ id }) => id));
  });
});

const unitsOf = (amount: string): bigint => BigInt(amount.replace('.', ''));

function intentOf(random: () => number, key: string): Intent {
  const account = pick(random, ACCOUNTS);
  const sip = pick(random, SIPS);
  const amount = `${Math.floor(random() * 300)}.${1 + Math.floor(random() * 9)}`;
  const send = pick<Intent['send']>(random, [
    (ledger) => ledger.purchase(account, amount, key),
    (ledger) => ledger.add(account, sip, amount, key),
    (ledger) => ledger.add(account, sip, amount, key),
    (ledger) => ledger.removeAll(account, sip, key),
  ]);
  return { account, key, send };
}

/** Makes everything fail at random until the time is up, then nothing. */
async function fail(simulator: Simulator, random: () => number, timeIsUp: () => boolean): Promise<void> {
  simulator.appendFault = () => (random() < 0.3 ? pick(random, APPEND_FAULTS) : undefined);
  simulator.readFault = () =>
    random() < 0.1
      ? { after: Math.floor(random() * 20), how: pick(random, ['error', 'end', 'silence', 'cut']) }
      : undefined;
  while (!timeIsUp()) {
    await delay(random() * 500);
    await pick<() => unknown>(random, [
      () => simulator.network.cut(),
      () => simulator.restart(random() * 200),
      () => {
        simulator.network.freeze();
        return delay(random() * 300).then(() => simulator.network.thaw());
      },
    ])();
  }
  simulator.appendFault = () => undefined;
  simulator.readFault = () => undefined;
  simulator.network.cut();
}

/** Follows with every store. The function returned waits until each has so many events, or 10 s. */
function followAll(stores: readonly EventStore[]): (count: number) => Promise<RecordedEvent[][]> {
  const ending = new AbortController();
  const followed: RecordedEvent[][] = stores.map(() => []);
  const ended = stores.map(async (store, at) => {
    for await (const { events } of store.follow(START, ending.signal)) followed[at]?.push(...events);
  });
  return async (count) => {
    const late = performance.now() + 10_000;
    while (followed.some(({ length }) => length < count) && performance.now() < late) await delay(20);
    ending.abort();
    await Promise.all(ended);
    return followed;
  };
}

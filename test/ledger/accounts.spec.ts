import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventStore } from '../../src/event-store/event-store.js';
import { AccountsIndex } from '../../src/ledger/accounts-index.js';
import { emptyFold } from '../../src/ledger/domain/account.js';
import type { EventMetadata } from '../../src/ledger/domain/events.js';
import { sha256 } from '../../src/ledger/seal.js';
import { openFaultyLedger } from '../support/faulty-ledger.js';
import type { FaultyStore } from '../support/faulty-store.js';
import { codeOf, EmptyIndex, freshKey, Ledger, receiptIn, settledWithin } from '../support/ledger.js';

let inner: EventStore;
let store: FaultyStore;
let ledger: Ledger;

beforeEach(async () => {
  ({ inner, store, ledger } = await openFaultyLedger());
});
afterEach(() => inner.close());

describe('booking a command', () => {
  it('answers with the balances right after it', async () => {
    await ledger.funded('acme', '110.2580', '100', '200');
    await ledger.add('acme', '200', '36.6871');
    expect(receiptIn(await ledger.add('acme', '100', '12.2109'))).toMatchObject({
      type: 'CreditAllocated',
      mainAccountId: 'acme',
      sipAccountId: '100',
      amount: '12.2109',
      revision: 5,
      mainAccount: { available: '61.3600' },
      sipAccounts: { available: '48.8980' },
      sipAccount: { available: '12.2109' },
    });
  });

  it('links each event to the one before it', async () => {
    await ledger.funded('acme', '10', '100');
    const metadata = (await ledger.events('acme')).map(
      (event) => JSON.parse(event.metadata) as EventMetadata,
    );
    expect(metadata[0]?.previousHash).toBe(sha256('mainAccount-acme'));
    expect(metadata.slice(1).map(({ previousHash }) => previousHash)).toEqual(
      metadata.slice(0, -1).map(({ hash }) => hash),
    );
  });

  it('never records an event before the one ahead of it, though the clock goes back, or is that of another process', async () => {
    const at = (...milliseconds: number[]) =>
      new Ledger(
        store,
        new EmptyIndex(),
        () => new Date(Date.UTC(2026, 2, 1, 0, 0, 0, milliseconds.shift())),
      );
    await at(500, 100).funded('acme', '1');
    const successor = at(200, 600);
    for (const amount of ['2', '3']) await successor.purchase('acme', amount);
    const recorded = (await ledger.events('acme')).map(
      (event) => (JSON.parse(event.metadata) as EventMetadata).recordedAt,
    );
    expect(recorded).toEqual([500, 500, 500, 600].map((each) => `2026-03-01T00:00:00.${each}Z`));
  });

  it('goes on from the log when a fresh process takes over', async () => {
    await ledger.funded('acme', '10', '100');
    const successor = new Ledger(store);
    expect(receiptIn(await successor.add('acme', '100', '4')).mainAccount.available).toBe('6.0000');
  });
});

describe('an idempotency key', () => {
  beforeEach(() => ledger.funded('acme', '10', '100', '200'));

  it('makes one event and 200 equal receipts of 200 concurrent identical commands', async () => {
    const bookings = await Promise.all(
      Array.from({ length: 200 }, () => ledger.add('acme', '100', '1', 'k')),
    );
    expect(new Set(bookings.map(({ receipt }) => receipt)).size).toBe(1);
    expect(new Set(bookings.map(({ position }) => position)).size).toBe(1);
    expect(bookings.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await ledger.events('acme')).toHaveLength(5);
  });

  it('is replayed byte for byte by a later process', async () => {
    const first = await ledger.add('acme', '100', '1', 'k');
    await ledger.add('acme', '100', '2');
    expect(await new Ledger(store).add('acme', '100', '1', 'k')).toEqual({ ...first, replayed: true });
  });

  it('knows the same amount in another notation', async () => {
    await ledger.add('acme', '100', '1', 'k');
    expect((await ledger.add('acme', '100', '1.00', 'k')).replayed).toBe(true);
  });

  it.each([
    ['another amount', () => ledger.add('acme', '100', '2', 'k')],
    ['another SIP account', () => ledger.add('acme', '200', '1', 'k')],
    ['another command', () => ledger.removeAll('acme', '100', 'k')],
  ])('is refused for %s', async (_, act) => {
    await ledger.add('acme', '100', '1', 'k');
    expect(await codeOf(act())).toBe('idempotency-key-reused');
  });

  it('is refused for another command of which the fields are the same', async () => {
    await ledger.addSip('acme', '300', 'k');
    expect(await codeOf(ledger.removeAll('acme', '300', 'k'))).toBe('idempotency-key-reused');
  });

  it('is free again after a refusal', async () => {
    expect(await codeOf(ledger.add('acme', '100', '11', 'k'))).toBe('insufficient-credit');
    expect((await ledger.add('acme', '100', '1', 'k')).replayed).toBe(false);
  });

  it('belongs to one main account', async () => {
    await ledger.funded('other', '10', '100');
    await ledger.add('acme', '100', '1', 'k');
    expect((await ledger.add('other', '100', '1', 'k')).replayed).toBe(false);
  });

  it('tells what was booked with it, also while that is in flight', async () => {
    const gate = store.hold();
    const adding = ledger.add('acme', '100', '1', 'k');
    const finding = ledger.accounts.find('acme', 'k');
    expect(await settledWithin(finding, 30)).toBe(false);
    gate.release();
    expect(await finding).toEqual({ ...(await adding), replayed: true });
  });

  it('tells that nothing was booked with it', async () =>
    expect(await codeOf(ledger.accounts.find('acme', 'never'))).toBe('command-not-found'));
});

describe('a snapshot', () => {
  const snapshotAt = (revision: number, hash: string) =>
    new (class extends EmptyIndex {
      override snapshot(): ReturnType<AccountsIndex['snapshot']> {
        return {
          account: { ...emptyFold('acme'), currency: 'EUR' },
          head: { revision, hash },
        };
      }
    })();

  it('is used when the log has the event it was folded to', async () => {
    await ledger.open('acme');
    const [event] = await ledger.events('acme');
    const { hash } = JSON.parse(event?.metadata ?? '') as EventMetadata;
    const resumed = new Ledger(store, snapshotAt(0, hash));
    expect(receiptIn(await resumed.purchase('acme', '5')).mainAccount.available).toBe('5.0000');
    expect(resumed.notes.alarms).toEqual([]);
  });

  it.each([
    ['of another history', 0],
    ['beyond the end of the log', 7],
  ])('%s is dropped with an alarm, and the log decides', async (_, revision) => {
    await ledger.open('acme');
    const misled = new Ledger(store, snapshotAt(revision, sha256('another')));
    expect(receiptIn(await misled.purchase('acme', '4'))).toMatchObject({
      revision: 1,
      mainAccount: { available: '4.0000' },
    });
    expect(misled.notes.alarms).toEqual(['snapshot does not link to the log; folding from the start']);
  });
});

describe('many accounts', () => {
  it('do not wait for one another', async () => {
    await Promise.all(Array.from({ length: 300 }, (_, index) => ledger.funded(`m${index}`, '10', '100')));
    const receipts = await Promise.all(
      Array.from({ length: 300 }, (_, index) => ledger.add(`m${index}`, '100', '4', freshKey())),
    );
    expect(new Set(receipts.map((booking) => receiptIn(booking).mainAccount.available))).toEqual(
      new Set(['6.0000']),
    );
    expect(ledger.accounts.depth).toBe(0);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OutcomeUnknown, StoreUnavailable } from '../../src/event-store/errors.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { CommandNotFound } from '../../src/ledger/domain/errors.js';
import { FaultyStore } from '../support/faulty-store.js';
import { freshKey, Ledger } from '../support/ledger.js';
import { openTestStore } from '../support/sqlite.js';

/** More accounts than these leave memory again when nobody writes to them. */
const ACCOUNTS_AT_REST = 10_000;
/** More accounts than these, with one event in doubt each, are too many to remember. */
const ACCOUNTS_IN_DOUBT = 12_000;

describe('several appends of an account in doubt', () => {
  let inner: EventStore;
  let store: FaultyStore;
  let ledger: Ledger;
  /** The last append in doubt, as it still waits in the server. */
  let late: () => Promise<unknown>;

  beforeEach(async () => {
    inner = await openTestStore();
    store = new FaultyStore(inner, false);
    ledger = new Ledger(store);
    await ledger.funded('acme', '10', '100');
    store.onAppend = (append) => {
      late = append;
      return Promise.reject(new OutcomeUnknown('no reply'));
    };
  });
  afterEach(() => inner.close());

  const buy = (key: string) => expect(ledger.purchase('acme', '1', key)).rejects.toThrow(OutcomeUnknown);

  /** An addition that only the purchase makes possible that leaves with it. */
  async function addWhatIsBought(): Promise<void> {
    const both = [ledger.purchase('acme', '90', 'bought'), ledger.add('acme', '100', '100', 'added')];
    for (const { status } of await Promise.allSettled(both)) expect(status).toBe('rejected');
  }

  /** What the caller is told of the addition stays so, whatever becomes of its first append. */
  async function expectTruth(): Promise<void> {
    store.onAppend = (append) => append();
    const [told] = await Promise.allSettled([ledger.add('acme', '100', '100', 'added')]);
    await late().catch(() => undefined);
    const [found] = await Promise.allSettled([new Ledger(inner).accounts.find('acme', 'added')]);
    expect(found.status).toBe(told.status);
  }

  it('are settled although another process wrote in the place of the first', async () => {
    await buy('first');
    await new Ledger(new FaultyStore(inner, false)).purchase('acme', '1');
    await addWhatIsBought();
    await expectTruth();
  });

  it('are remembered although the account has not been used since many others were', async () => {
    await addWhatIsBought();
    for (let at = 0; at <= ACCOUNTS_AT_REST; at++)
      await expect(ledger.accounts.find(`other-${at}`, freshKey())).rejects.toThrow(CommandNotFound);
    await expectTruth();
  });

  it('are remembered although a command before them was repeated many times', async () => {
    for (let at = 0; at < 20; at++) await buy('again');
    await addWhatIsBought();
    await expectTruth();
  });

  it('are remembered although many other commands were in doubt before', async () => {
    for (let at = 0; at < 16; at++) await buy(freshKey());
    await Promise.allSettled([
      ledger.purchase('acme', '90', 'bought'),
      ledger.add('acme', '100', '100', 'added'),
    ]);
    await expectTruth();
  });

  it('of too many accounts keep further ones away until the store answers, and are remembered', async () => {
    await addWhatIsBought();
    const outcomes = new Set<string>();
    const open = (at: number) => ledger.open(`other-${at}`).catch(({ name }: Error) => outcomes.add(name));
    for (let at = 0; at <= ACCOUNTS_IN_DOUBT; at += 1000)
      await Promise.all(Array.from({ length: 1000 }, (_, each) => open(at + each)));
    expect([...outcomes]).toEqual(['OutcomeUnknown', 'StoreUnavailable']);
    await ledger.accounts.drain();
    // The first one, with which making room has begun.
    await expect(ledger.add('acme', '100', '100', 'added')).rejects.toThrow(OutcomeUnknown);

    store.onAppend = (append) => append();
    await expect(ledger.open('new')).rejects.toThrow(StoreUnavailable);
    await ledger.accounts.drain();
    await ledger.open('new');
  });
});

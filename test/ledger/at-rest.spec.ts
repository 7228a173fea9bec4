import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { START, type Position } from '../../src/event-store/event-store.js';
import type { Booking } from '../../src/ledger/booking.js';
import { AccountsIndex, type KnownCommand } from '../../src/ledger/accounts-index.js';
import { FaultyStore } from '../support/faulty-store.js';
import { codeOf, Ledger } from '../support/ledger.js';
import { openTestStore } from '../support/sqlite.js';

/** Stands where it is told, and answers with a receipt that nobody else would give. */
class MarkedIndex extends AccountsIndex {
  position: Position = START;
  readonly receipt = '"from the index"';
  /** The accounts that were loaded. */
  readonly loaded: string[] = [];
  private readonly known = new Map<string, KnownCommand>();

  /** Comes to a command, and to all before it. */
  reach(key: string, fingerprint: string, { position }: Booking): void {
    this.known.set(key, { fingerprint, receipt: this.receipt, position });
    this.position = position;
  }

  snapshot(mainAccountId: string): undefined {
    this.loaded.push(mainAccountId);
  }

  command(_mainAccountId: string, idempotencyKey: string): KnownCommand | undefined {
    return this.known.get(idempotencyKey);
  }
}

/** As many stay in memory. */
const MAX_ACCOUNTS = 10_000;

describe('an account that nobody writes to', () => {
  let store: FaultyStore;
  let index: MarkedIndex;
  let ledger: Ledger;

  beforeEach(async () => {
    store = new FaultyStore(await openTestStore());
    index = new MarkedIndex();
    ledger = new Ledger(store, index);
  });
  afterEach(() => store.close());

  /** Whether a purchase is answered from the account's own memory or from the index. */
  const answeredBy = async (mainAccountId: string, key: string): Promise<string> => {
    const { receipt, replayed } = await ledger.purchase(mainAccountId, '1', key);
    expect(replayed).toBe(true);
    return receipt === index.receipt ? 'the index' : 'memory';
  };
  const buy = async (mainAccountId: string, key: string) => {
    const booking = await ledger.purchase(mainAccountId, '1', key);
    const events = await ledger.events(mainAccountId);
    const { fingerprint } = JSON.parse(events.at(-1)!.metadata) as { fingerprint: string };
    return { reached: () => index.reach(key, fingerprint, booking) };
  };

  it('forgets its commands once the index has them, when any other account is written to', async () => {
    for (const mainAccountId of ['first', 'second', 'other']) await ledger.open(mainAccountId);
    const first = await buy('first', 'buy-1');
    const second = await buy('second', 'buy-2');
    first.reached();
    second.reached();
    await ledger.purchase('other', '1');
    expect(await answeredBy('first', 'buy-1')).toBe('the index');
    expect(await answeredBy('second', 'buy-2')).toBe('the index');
  });

  it('keeps a command that the index lacks', async () => {
    for (const mainAccountId of ['first', 'other']) await ledger.open(mainAccountId);
    const first = await buy('first', 'buy-1');
    await buy('first', 'buy-2');
    first.reached();
    await ledger.purchase('other', '1');
    expect(await answeredBy('first', 'buy-1')).toBe('the index');
    expect(await answeredBy('first', 'buy-2')).toBe('memory');
  });

  /** Asks for as many other accounts as leave no room for one at rest before them. */
  const askForOthers = async (): Promise<void> => {
    for (let at = 0; at < MAX_ACCOUNTS; at += 1000)
      await Promise.all(Array.from({ length: 1000 }, (_, each) => ask(at + each)));
    index.loaded.length = 0;
  };
  const ask = (at: number) => codeOf(ledger.accounts.find(`other-${at}`, 'never'));

  it(`leaves memory when ${MAX_ACCOUNTS} others have been asked for since, and is loaded again`, async () => {
    await ledger.open('first');
    await askForOthers();
    await ask(MAX_ACCOUNTS - 1);
    await ledger.purchase('first', '1');
    expect(index.loaded).toEqual(['first']);
  });

  it('is at rest no longer with its next command: it stays while that is on its way, and is waited for', async () => {
    await ledger.open('first');
    await ledger.accounts.drain();
    const held = store.hold();
    const outcomes: string[] = [];
    const purchase = ledger.purchase('first', '1').then(() => outcomes.push('booked'));
    await askForOthers();
    const another = ledger.purchase('first', '1');
    const drained = ledger.accounts.drain().then(() => outcomes.push('drained'));
    held.release();
    await Promise.all([purchase, another, drained]);
    expect(outcomes).toEqual(['booked', 'drained']);
    expect(index.loaded).toEqual([]);
  });
});

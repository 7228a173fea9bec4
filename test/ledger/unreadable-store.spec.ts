import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '../../src/event-store/errors.js';
import type { EventStore, RecordedEvent } from '../../src/event-store/event-store.js';
import { FaultyStore } from '../support/faulty-store.js';
import { Ledger, receiptIn } from '../support/ledger.js';
import { openTestStore } from '../support/sqlite.js';

/** A store whose reads fail when it is told to. */
class Unreadable extends FaultyStore {
  broken = false;

  override async *readStream(stream: string, from?: number): AsyncGenerator<readonly RecordedEvent[]> {
    if (this.broken) throw new StoreUnavailable('cannot be read');
    yield* super.readStream(stream, from);
  }
}

let inner: EventStore;
beforeEach(async () => {
  inner = await openTestStore();
});
afterEach(() => inner.close());

describe('while the log cannot be read', () => {
  it('an account that is not in memory takes no commands, and takes them when the log can be read again', async () => {
    await new Ledger(inner).funded('acme', '10', 'desk');
    const store = new Unreadable(inner);
    const ledger = new Ledger(store);
    store.broken = true;
    await expect(ledger.add('acme', 'desk', '1', 'once')).rejects.toThrow(StoreUnavailable);
    expect(store.appends).toEqual([]);
    store.broken = false;
    expect(receiptIn(await ledger.add('acme', 'desk', '1', 'once')).mainAccount.available).toBe('9.0000');
  });

  it('a refusal is not given where another process may have written', async () => {
    const store = new Unreadable(inner, false);
    const ledger = new Ledger(store);
    await ledger.funded('acme', '10', 'desk');
    store.broken = true;
    await expect(ledger.add('acme', 'desk', '11')).rejects.toThrow(StoreUnavailable);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailable, StreamDamaged } from '../../src/event-store/errors.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import type { Snapshot } from '../../src/ledger/accounts-index.js';
import { emptyFold } from '../../src/ledger/domain/account.js';
import { sha256 } from '../../src/ledger/seal.js';
import { openHasty } from '../support/eventstoredb/open.js';
import { Simulator } from '../support/eventstoredb/simulator.js';
import { EmptyIndex, Ledger } from '../support/ledger.js';

describe('an account of which somebody has hidden events in EventStoreDB', () => {
  let simulator: Simulator;
  let store: EventStore;
  beforeEach(async () => {
    simulator = await Simulator.start();
    store = await openHasty(simulator.url);
    const ledger = new Ledger(store);
    await ledger.open('acme', 'open');
    await ledger.purchase('acme', '100', 'first');
    await ledger.purchase('acme', '7', 'second');
  });
  afterEach(async () => {
    await store.close();
    await simulator.stop();
  });

  it('takes no commands, neither new ones nor those that are hidden, and an alarm says why', async () => {
    simulator.log.hideBefore('mainAccount-acme', 2n);
    const replica = new Ledger(store);
    await expect(replica.purchase('acme', '100', 'first')).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(replica.purchase('acme', '1', 'third')).rejects.toBeInstanceOf(StoreUnavailable);
    expect(simulator.log.stream('mainAccount-acme')).toHaveLength(3);
    expect(replica.notes.alarms).toEqual(
      Array.from({ length: 2 }, () => expect.stringMatching(/first events .* are hidden/)),
    );
  });

  it('takes none either when all of it is hidden, and is not called absent', async () => {
    simulator.log.hideBefore('mainAccount-acme', 100n);
    const replica = new Ledger(store);
    for (const command of [() => replica.purchase('acme', '1', 'third'), () => replica.open('acme', 'again')])
      await expect(command()).rejects.toBeInstanceOf(StreamDamaged);
    expect(replica.notes.alarms).toHaveLength(2);
    expect(replica.notes.alarms[0]).toMatch(/mainAccount-acme are hidden/);
  });

  it('does not begin again when all are hidden and the read models know it', async () => {
    const head = { revision: 2, hash: sha256('the last event') };
    const index = new (class extends EmptyIndex {
      override snapshot = (): Snapshot => ({ account: emptyFold('acme'), head });
    })();
    simulator.log.delete('mainAccount-acme');
    const replica = new Ledger(store, index);
    await expect(replica.open('acme', 'again')).rejects.toBeInstanceOf(StoreUnavailable);
    expect(simulator.log.stream('mainAccount-acme')).toHaveLength(3);
    expect(replica.notes.alarms).toEqual([expect.stringMatching(/was deleted/)]);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '../../src/event-store/errors.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { openHasty } from '../support/eventstoredb/open.js';
import { Simulator } from '../support/eventstoredb/simulator.js';
import { Ledger } from '../support/ledger.js';

describe('an account of which somebody has hidden the first events in EventStoreDB', () => {
  let simulator: Simulator;
  let store: EventStore;
  beforeEach(async () => {
    simulator = await Simulator.start();
    store = await openHasty(simulator.url);
    const ledger = new Ledger(store);
    await ledger.open('acme', 'open');
    await ledger.purchase('acme', '100', 'first');
    await ledger.purchase('acme', '7', 'second');
    simulator.log.hideBefore('mainAccount-acme', 2n);
  });
  afterEach(async () => {
    await store.close();
    await simulator.stop();
  });

  it('takes no commands, neither new ones nor those that are hidden, and an alarm says why', async () => {
    const replica = new Ledger(store);
    await expect(replica.purchase('acme', '100', 'first')).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(replica.purchase('acme', '1', 'third')).rejects.toBeInstanceOf(StoreUnavailable);
    expect(simulator.log.stream('mainAccount-acme')).toHaveLength(3);
    expect(replica.notes.alarms).toEqual(
      Array.from({ length: 2 }, () => expect.stringMatching(/hidden, missing or changed/)),
    );
  });
});

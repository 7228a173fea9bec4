import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OutcomeUnknown, StoreUnavailable } from '../../src/event-store/errors.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { newEvents } from '../contract/event-store.contract.js';
import { openHasty } from '../support/eventstoredb/open.js';
import { Simulator, type AppendFault } from '../support/eventstoredb/simulator.js';

const STREAM = 'profile-acme';

describe('a deletion that meets a fault', () => {
  let simulator: Simulator;
  let store: EventStore;
  beforeEach(async () => {
    simulator = await Simulator.start();
    store = await openHasty(simulator.url);
    await store.append(STREAM, newEvents(3), 'no-stream');
  });
  afterEach(async () => {
    await store.close();
    await simulator.stop();
  });

  const left = (): number => simulator.log.readable(STREAM).length;

  it.each<AppendFault>([
    'reply lost',
    'write lost',
    'too busy',
    'not leader',
    'silence, written',
    'cut, written',
  ])('is done in the end after: %s', async (fault) => {
    const turns = [fault];
    simulator.deletionFault = () => turns.shift();
    await store.deleteStream(STREAM);
    expect(left()).toBe(0);
  });

  it('is surely not done while the server is too busy', async () => {
    simulator.deletionFault = () => 'too busy';
    await expect(store.deleteStream(STREAM)).rejects.toBeInstanceOf(StoreUnavailable);
    expect(left()).toBe(3);
  });

  it('is surely not done while the server does not even tell what there is to delete', async () => {
    simulator.readFault = () => ({ after: 0, how: 'silence' });
    await expect(store.deleteStream(STREAM)).rejects.toBeInstanceOf(StoreUnavailable);
    expect(left()).toBe(3);
  });

  it('is not known to be done, or not, while no answer comes', async () => {
    simulator.deletionFault = () => 'silence, not written';
    await expect(store.deleteStream(STREAM)).rejects.toBeInstanceOf(OutcomeUnknown);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { copyStreams } from '../../src/event-store/copy-streams.js';
import type { EventStore, NewEvent } from '../../src/event-store/event-store.js';
import { collect, newEvent, newEvents } from '../contract/event-store.contract.js';
import { openHasty } from '../support/eventstoredb/open.js';
import { Simulator } from '../support/eventstoredb/simulator.js';
import { openTestStore } from '../support/sqlite.js';

/** What an event says. The copy gives ids of its own. */
const said = ({ type, data, metadata }: NewEvent) => ({ type, data, metadata });

describe('a copy of some streams', () => {
  let from: EventStore;
  let to: EventStore;
  beforeEach(async () => {
    [from, to] = await Promise.all([openTestStore(), openTestStore()]);
  });
  afterEach(() => Promise.all([from.close(), to.close()]));

  const copy = () => copyStreams(from, to, (stream) => stream.startsWith('profile-'));
  const eventsIn = async (store: EventStore, stream: string) =>
    (await collect(store.readStream(stream))).map(said);

  it('has the events that they have, once, and none of other streams', async () => {
    const [a, b] = [newEvents(3), newEvents(1)];
    await from.append('profile-a', a, 'no-stream');
    await from.append('other', newEvents(1), 'no-stream');
    await from.append('profile-b', b, 'no-stream');
    expect(await copy()).toEqual({ written: 4, found: 0 });
    expect(await copy()).toEqual({ written: 0, found: 4 });
    expect([await eventsIn(to, 'profile-a'), await eventsIn(to, 'profile-b')]).toEqual([
      a.map(said),
      b.map(said),
    ]);
    expect(await eventsIn(to, 'other')).toEqual([]);
  });

  it('goes on where it was broken off, also behind more events than an append takes', async () => {
    const events = newEvents(1000);
    await from.append('profile-a', events, 'no-stream');
    await to.append('profile-a', events.slice(0, 10), 'no-stream');
    expect(await copy()).toEqual({ written: 990, found: 10 });
    expect(await eventsIn(to, 'profile-a')).toEqual(events.map(said));
  });

  it('is written in pieces that EventStoreDB takes', async () => {
    const simulator = await Simulator.start();
    await to.close();
    to = await openHasty(simulator.url);
    await from.append(
      'profile-a',
      newEvents(500).map((event) => ({ ...event, data: `"${'x'.repeat(2_200)}"` })),
      'no-stream',
    );
    expect(await copy()).toEqual({ written: 500, found: 0 });
    await to.close();
    await simulator.stop();
  });

  it.each<[keyof NewEvent, string]>([
    ['type', 'Other'],
    ['data', '{"other":1}'],
    ['metadata', '{"other":1}'],
  ])('is made anew of a stream of which it has an event with another %s', async (member, value) => {
    const events = newEvents(3);
    await from.append('profile-a', events, 'no-stream');
    await to.append('profile-a', events.with(1, { ...events[1]!, [member]: value }), 'no-stream');
    expect(await copy()).toEqual({ written: 3, found: 0 });
    expect(await eventsIn(to, 'profile-a')).toEqual(events.map(said));
  });

  it('forgets what was deleted since, also where the stream began anew', async () => {
    for (const stream of ['profile-a', 'profile-b']) await from.append(stream, newEvents(3), 'no-stream');
    await copy();
    for (const stream of ['profile-a', 'profile-b']) await from.deleteStream(stream);
    const anew = newEvent();
    await from.append('profile-b', [anew], 'no-stream');
    expect(await copy()).toEqual({ written: 1, found: 0 });
    expect([await eventsIn(to, 'profile-a'), await eventsIn(to, 'profile-b')]).toEqual([[], [said(anew)]]);
  });
});

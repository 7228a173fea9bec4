import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { START, type EventStore, type RecordedEvent } from '../../src/event-store/event-store.js';
import { newEvents } from '../contract/event-store.contract.js';
import { openHasty } from '../support/eventstoredb/open.js';
import { Simulator } from '../support/eventstoredb/simulator.js';

const STREAM = 'mainAccount-acme';

let nodes: Simulator[];
let store: EventStore;

beforeEach(async () => {
  const first = await Simulator.start();
  nodes = [first, await Simulator.start(first.log), await Simulator.start(first.log)];
  for (const node of nodes) node.cluster = nodes;
  // To ask a frozen node for the leader takes the client 5 s, and it may ask it first.
  store = await openHasty(first.clusterUrl, { patienceMs: 15_000 });
});
afterEach(async () => {
  await store.close();
  await Promise.all(nodes.map((node) => node.stop()));
});

/** Another node becomes the leader; the old one stays as a follower. */
const elect = (): void => {
  nodes.push(nodes.shift() as Simulator);
};

const stored = () => nodes[0]?.log.stream(STREAM).length ?? 0;

describe('a cluster', () => {
  it('is written and read at its leader, whoever that is', async () => {
    for (let at = 0; at < 30; at++) {
      if (at % 5 === 4) elect();
      await store.append(STREAM, newEvents(1), at === 0 ? 'no-stream' : at - 1);
      for await (const page of store.readStream(STREAM))
        expect(page.at(-1)?.revision).toBeLessThanOrEqual(at);
    }
    expect(stored()).toBe(30);
    const [leader] = nodes;
    expect(leader?.appends).toBeGreaterThan(0);
  });

  it('loses nothing when its leader dies amid appends', async () => {
    const appends = Array.from({ length: 30 }, async (_, at) => {
      await delay(at * 10);
      await store.append(`mainAccount-${at}`, newEvents(2), 'no-stream');
    });
    await delay(100);
    const dead = nodes[0] as Simulator;
    dead.appendFault = () => 'silence, written';
    await dead.network.down();
    elect();
    await Promise.all(appends);
    for (let at = 0; at < 30; at++) expect(nodes[0]?.log.stream(`mainAccount-${at}`)).toHaveLength(2);
  });

  it('is left for another leader when the one it has is frozen', async () => {
    await store.append(STREAM, newEvents(1), 'no-stream');
    const frozen = nodes[0] as Simulator;
    frozen.network.freeze();
    frozen.appendFault = () => 'silence, not written';
    elect();
    await store.append(STREAM, newEvents(1), 0);
    expect(stored()).toBe(2);
    frozen.network.thaw();
  });

  it('is left for another leader when the one it has lost its peers', async () => {
    await store.append(STREAM, newEvents(1), 'no-stream');
    const alone = nodes.shift() as Simulator;
    alone.cluster = [alone];
    alone.isolated = true;
    await store.append(STREAM, newEvents(1), 0);
    expect(stored()).toBe(2);
    await alone.stop();
  });

  it('is followed through changes of its leader, without a gap and without a repetition', async () => {
    const ending = new AbortController();
    const seen: RecordedEvent[] = [];
    const following = (async () => {
      for await (const { events } of store.follow(START, ending.signal)) {
        seen.push(...events);
        if (seen.length >= 40) break;
      }
    })();
    for (let at = 0; at < 40; at++) {
      if (at % 10 === 9) {
        nodes[0]?.network.cut();
        elect();
      }
      await store.append(STREAM, newEvents(1), at === 0 ? 'no-stream' : at - 1);
    }
    await following;
    ending.abort();
    expect(seen.map(({ revision }) => revision)).toEqual(Array.from({ length: 40 }, (_, at) => at));
  });

  it('is found again after no node answered, and no error escapes', async () => {
    const escaped: unknown[] = [];
    const note = (error: unknown): void => void escaped.push(error);
    process.on('unhandledRejection', note);
    try {
      for (const node of nodes) {
        node.network.freeze();
        node.network.cut();
      }
      const appends = Array.from({ length: 20 }, (_, at) =>
        store.append(`mainAccount-${at}`, newEvents(1), 'no-stream'),
      );
      // Long enough for the client to be given up while it still looks for a node.
      await delay(1_500);
      for (const node of nodes) node.network.thaw();
      await Promise.all(appends);
      await delay(50);
      expect(escaped).toEqual([]);
    } finally {
      process.off('unhandledRejection', note);
    }
  });

  it('is found again after no node could be found, and no error escapes', async () => {
    const escaped: unknown[] = [];
    const note = (error: unknown): void => void escaped.push(error);
    process.on('unhandledRejection', note);
    try {
      const hasty = await openHasty(nodes[0]?.clusterUrl ?? '', { patienceMs: 400 });
      await hasty.append(STREAM, newEvents(1), 'no-stream');
      for (let turn = 0; turn < 3; turn++) {
        await Promise.all(nodes.map((node) => node.network.down()));
        const calls = [
          hasty.append(STREAM, newEvents(1), turn),
          hasty.head(),
          hasty.check(),
          ...Array.from({ length: 10 }, (_, at) =>
            hasty.append(`mainAccount-${at}`, newEvents(1), 'no-stream'),
          ),
        ];
        const outcomes = await Promise.allSettled(calls);
        // A call that was put on the connection as that broke may have been heard.
        for (const outcome of outcomes)
          expect(outcome).toMatchObject({
            reason: { name: expect.stringMatching(/^(StoreUnavailable|OutcomeUnknown)$/) },
          });
        await Promise.all(nodes.map((node) => node.network.up()));
        await hasty.append(STREAM, newEvents(1), turn);
      }
      await hasty.close();
      await delay(50);
      expect(escaped).toEqual([]);
    } finally {
      process.off('unhandledRejection', note);
    }
  });
});

import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '../../src/event-store/errors.js';
import { START, type EventStore, type LogBatch, type Position } from '../../src/event-store/event-store.js';
import type { Settings } from '../../src/event-store/eventstoredb/settings.js';
import { collect, newEvents } from '../contract/event-store.contract.js';
import { openHasty } from '../support/eventstoredb/open.js';
import { Simulator, type ReadFault } from '../support/eventstoredb/simulator.js';

const STREAM = 'mainAccount-acme';

let simulator: Simulator;
let store: EventStore;
let ending: AbortController;

beforeEach(async () => {
  simulator = await Simulator.start();
  store = await openHasty(simulator.url);
  ending = new AbortController();
});
afterEach(async () => {
  ending.abort();
  await store.close();
  await simulator.stop();
});

const revisions = (batches: readonly LogBatch[]): number[] =>
  batches.flatMap(({ events }) => events.map(({ revision }) => revision));

const upTo = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

async function followUntil(after: Position, count: number): Promise<LogBatch[]> {
  const batches: LogBatch[] = [];
  for await (const batch of store.follow(after, ending.signal)) {
    batches.push(batch);
    if (revisions(batches).length >= count) break;
  }
  return batches;
}

async function append(count: number): Promise<void> {
  for (let at = 0; at < count; at += 10) {
    const length = simulator.log.stream(STREAM).length;
    await store.append(STREAM, newEvents(10), length === 0 ? 'no-stream' : length - 1);
  }
}

async function reopen(settings: Partial<Settings>): Promise<void> {
  await store.close();
  store = await openHasty(simulator.url, settings);
}

/** Each read breaks after a few more messages than the one before it, so that all get through in the end. */
const breakReads = (how: ReadFault['how']): void => {
  let turn = 0;
  simulator.readFault = () => (turn < 12 ? { after: turn++ * 3, how } : undefined);
};

describe('following', () => {
  it.each<ReadFault['how']>(['error', 'end', 'cut'])(
    'delivers every event once and in order although subscriptions break: %s',
    async (how) => {
      await append(100);
      breakReads(how);
      const batches = await followUntil(START, 100);
      expect(revisions(batches)).toEqual(upTo(100));
    },
  );

  it('subscribes again when nothing has come for long', async () => {
    await store.close();
    store = await openHasty(simulator.url, { quietMs: 100 });
    await append(20);
    simulator.readFault = () => {
      simulator.readFault = () => (simulator.openReads === 0 ? undefined : { after: 5, how: 'silence' });
      return undefined;
    };
    setTimeout(() => (simulator.readFault = () => undefined), 300);
    expect(revisions(await followUntil(START, 20))).toEqual(upTo(20));
  });

  it('tells once of events that somebody hides, though they come again with each subscription', async () => {
    await store.close();
    store = await openHasty(simulator.url, { quietMs: 100 });
    await append(10);
    simulator.log.hideBefore(STREAM, 3n);
    let reads = 0;
    simulator.readFault = () => {
      if (++reads === 20) void append(10);
      return undefined;
    };
    const batches = await followUntil(START, 20);
    const metadata = simulator.log.stream(`$$${STREAM}`)[0]!;
    expect(batches.flatMap(({ hidden = [] }) => hidden)).toEqual([
      { stream: STREAM, position: metadata.position },
    ]);
  });

  it('says nothing of names that were erased, as their streams may be', async () => {
    await store.append('profile-acme', newEvents(1), 'no-stream');
    await store.deleteStream('profile-acme');
    await append(10);
    const batches = await followUntil(START, 10);
    expect(batches.flatMap(({ hidden = [] }) => hidden)).toEqual([]);
  });

  it.each(['null', '"$tb"', '{'])(
    'goes on behind what somebody has written for metadata: %s',
    async (data) => {
      const written = { id: randomUUID(), type: '$metadata', contentType: 'application/json' };
      const event = { ...written, data: Buffer.from(data), metadata: Buffer.from('{}') };
      simulator.log.append(`$$${STREAM}`, [event], 'no_stream');
      await append(10);
      expect(revisions(await followUntil(START, 10))).toEqual(upTo(10));
    },
  );

  it('goes on after the server was away, with what was written meanwhile', async () => {
    await append(20);
    const following = followUntil(START, 60);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await simulator.restart(150);
    await append(40);
    expect(revisions(await following)).toEqual(upTo(60));
  });

  it('passes over the streams of others, and what the server writes about itself', async () => {
    const others = await openHasty(simulator.url, { prefixes: ['other-'] });
    await others.append('other-1', newEvents(50), 'no-stream');
    await append(10);
    await others.append('other-1', newEvents(50), 49);
    const [last] = (await collect(store.readAll(START))).slice(-1);
    expect(await store.head()).toBe(last?.position);
    const batches = await followUntil(START, 10);
    expect(batches.flatMap(({ events }) => events.map(({ stream }) => stream))).toEqual(
      Array.from({ length: 10 }, () => STREAM),
    );
    expect(batches.at(-1)).toMatchObject({ live: true, position: last?.position });
    await others.close();
  });

  it('says that it is live only with the last event that was there', async () => {
    await append(1000);
    const batches = await followUntil(START, 1000);
    expect(batches.map(({ live }) => live)).toEqual([...batches.slice(1).map(() => false), true]);
  });

  it('makes the server wait for a slow consumer', async () => {
    await store.append(STREAM, newEvents(1), 'no-stream');
    const large = 'x'.repeat(10_000);
    for (let at = 0; at < 5000; at += 100)
      simulator.log.append(
        STREAM,
        upTo(100).map((n) => ({
          id: `00000000-0000-4000-8000-${String(at + n).padStart(12, '0')}`,
          type: 'Tested',
          contentType: 'application/json',
          data: Buffer.from(JSON.stringify({ large })),
          metadata: Buffer.from('{}'),
        })),
        BigInt(at),
      );
    let seen = 0;
    for await (const { events } of store.follow(START, ending.signal)) {
      seen += events.length;
      expect(events.length).toBeLessThan(2000);
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (seen === 5001) break;
    }
    expect(seen).toBe(5001);
  });

  it('leaves nothing open on the server', async () => {
    await append(20);
    for (let at = 0; at < 20; at++) {
      await followUntil(START, 20);
      for await (const page of store.readStream(STREAM)) if (page.length > 0) break;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(simulator.openReads).toBe(0);
  });
});

describe('reading', () => {
  it.each<ReadFault['how']>(['error', 'cut', 'silence'])(
    'delivers every event once although reads break: %s',
    async (how) => {
      await append(100);
      let turn = 0;
      simulator.readFault = () => (turn++ < 2 ? { after: 7, how } : undefined);
      expect((await collect(store.readStream(STREAM))).map(({ revision }) => revision)).toEqual(upTo(100));
      turn = 0;
      expect((await collect(store.readAll(START))).map(({ revision }) => revision)).toEqual(upTo(100));
    },
  );

  it('is given up when the server stays away', async () => {
    await simulator.network.down();
    await expect(collect(store.readStream(STREAM))).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(collect(store.readAll(START))).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(store.head()).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(store.check()).rejects.toBeInstanceOf(StoreUnavailable);
  });

  it('has the next page of the log on its way while one is used', async () => {
    await append(30);
    await reopen({ pageSize: 10 });
    let reads = 0;
    const two = new Promise<void>((resolve) => {
      simulator.readFault = () => void (++reads === 2 && resolve());
    });
    await store.readAll(START)[Symbol.asyncIterator]().next();
    await two;
  });

  it('tells of a page that cannot be read when it is asked for, not before', async () => {
    await append(30);
    await reopen({ pageSize: 10 });
    let reads = 0;
    simulator.readFault = () => (++reads > 1 ? { after: 0, how: 'error' } : undefined);
    const log = store.readAll(START)[Symbol.asyncIterator]();
    // The first event of the log is the server’s own.
    expect((await log.next()).value).toHaveLength(9);
    // Longer than the next one is tried.
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await expect(log.next()).rejects.toBeInstanceOf(StoreUnavailable);
  });

  it('carries more reads at once than a connection has room for', async () => {
    await append(10);
    await reopen({ tryMs: 5_000 });
    const reads = await Promise.all(upTo(300).map(() => collect(store.readStream(STREAM))));
    expect(reads.every((events) => events.length === 10)).toBe(true);
  });
});

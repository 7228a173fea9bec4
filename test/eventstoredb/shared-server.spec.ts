import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '../../src/event-store/errors.js';
import { START, type EventStore, type Position } from '../../src/event-store/event-store.js';
import { collect, newEvents } from '../contract/event-store.contract.js';
import { openHasty } from '../support/eventstoredb/open.js';
import { Simulator } from '../support/eventstoredb/simulator.js';

const STREAM = 'mainAccount-acme';

describe('on a server that other applications fill', () => {
  let simulator: Simulator;
  let store: EventStore;
  let head: Position;
  /** Reads and subscriptions that were asked for. */
  let reads: number;

  beforeEach(async () => {
    simulator = await Simulator.start();
    store = await openHasty(simulator.url, { tryMs: 1_000, patienceMs: 10_000, quietMs: 200 });
    head = await store.append(STREAM, newEvents(1), 'no-stream');
    reads = 0;
    simulator.readFault = () => {
      reads += 1;
      return undefined;
    };
  });
  afterEach(async () => {
    await store.close();
    await simulator.stop();
  });

  it('the follower crosses a stretch of theirs that takes long to filter', async () => {
    simulator.log.fill('order-1', 640);
    await store.append(STREAM, newEvents(1), 0);
    simulator.windowMs = 50;
    let seen = 0;
    const ending = new AbortController();
    setTimeout(() => ending.abort(), 5_000).unref();
    for await (const { events } of store.follow(START, ending.signal)) {
      seen += events.length;
      if (seen === 2) break;
    }
    expect(seen).toBe(2);
  });

  it('a check reads no more than the end of the log', async () => {
    simulator.log.fill('order-1', 6_000);
    await store.check();
    expect(reads).toBe(1);
  });

  it('the search for the last event is made once for all who ask meanwhile', async () => {
    simulator.log.fill('order-1', 6_000);
    const first = store.head();
    await delay(10);
    const heads = await Promise.all([first, ...Array.from({ length: 9 }, () => store.head())]);
    expect(new Set(heads)).toEqual(new Set([head]));
    // Seven pages of the one search, and for each of the others a look at the end.
    expect(reads).toBeLessThan(25);
  });

  it('who asks while another searches is told of what was written meanwhile', async () => {
    simulator.log.fill('order-1', 6_000);
    const early = store.head();
    await delay(10);
    const position = await store.append(STREAM, newEvents(1), 0);
    expect(await store.head()).toBe(position);
    expect(await early).toBeLessThanOrEqual(position);
  });

  it('a search that failed is made again, also for those who waited for it', async () => {
    simulator.log.fill('order-1', 6_000);
    simulator.readFault = () => (reads++ === 5 ? { after: 3, how: 'error' } : undefined);
    expect(await Promise.all([store.head(), store.head()])).toEqual([head, head]);
  });

  it('a page of large events may take longer than a try, as long as they keep coming', async () => {
    simulator.log.fill('order-1', 60, 50_000);
    simulator.network.bytesPerSecond = 1_000_000;
    expect(await store.head()).toBe(head);
    expect(await collect(store.readAll(START))).toHaveLength(1);
  });

  it('an event of the ledger that was not written as the ledger writes is refused, by whoever reads it', async () => {
    const last = simulator.log.events.at(-1)!;
    const { id, position } = last;
    Object.assign(last, { prepared: position - 1n });
    const refusal = new StoreUnavailable(
      `event ${id} was committed at ${position}, but prepared at ${position - 1n}`,
    );

    await expect(collect(store.readAll(START))).rejects.toThrow(refusal);
    await expect(store.readPacked(START)[Symbol.asyncIterator]().next()).rejects.toThrow(refusal);
    await expect(collect(store.readStream(STREAM))).rejects.toThrow(refusal);
    await expect(store.eventAt(position)).rejects.toThrow(refusal);
  });
});

import { MessageChannel } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '../../src/event-store/errors.js';
import {
  START,
  type EventReader,
  type EventStore,
  type Position,
} from '../../src/event-store/event-store.js';
import { EventPacker, packableOf, unpackEvents } from '../../src/event-store/packed-events.js';
import { mainAccountStream } from '../../src/ledger/streams.js';
import { RelayedLog, relayLog } from '../../src/projections/bulk/relay.js';
import { collect, newEvents, newStream } from '../contract/event-store.contract.js';
import { instead } from '../support/instead.js';
import { borrowed } from '../support/projecting.js';
import { openTestStore } from '../support/sqlite.js';

describe('a log that one thread reads for another', () => {
  let store: EventStore;
  let pages: number;
  beforeEach(async () => {
    store = await openTestStore();
    pages = 0;
  });
  afterEach(() => store.close());

  /** The store's log, of which the pages are counted. */
  const counted = (): EventReader =>
    instead(borrowed(store), {
      async *readPacked(after: Position) {
        for await (const page of store.readPacked(after)) {
          pages += 1;
          yield page;
        }
      },
    });

  const relayed = (open: () => Promise<EventReader> = async () => counted()) => {
    const { port1, port2 } = new MessageChannel();
    return { sent: relayLog(open, port2), log: new RelayedLog(port1) };
  };
  const fill = async (events: number): Promise<void> => {
    for (let left = events; left > 0; left -= 400)
      await store.append(newStream(), newEvents(Math.min(left, 400)), 'no-stream');
  };

  it('comes as it is', async () => {
    const texts = { data: '{"a":"ä€😀"}', metadata: '' };
    await store.append(mainAccountStream('acme'), [{ ...newEvents(1)[0]!, ...texts }], 'no-stream');
    await fill(1250);
    const { log, sent } = relayed();
    expect(await log.head()).toBe(await store.head());
    expect(await collect(log.readAll())).toEqual(await collect(store.readAll(START)));
    await sent;
  });

  it('may be read without asking where it ends', async () => {
    await fill(3);
    const { log, sent } = relayed();
    expect(await collect(log.readAll())).toHaveLength(3);
    await sent;
  });

  it('may be empty', async () => {
    const { log, sent } = relayed();
    expect(await log.head()).toBe(START);
    expect(await collect(log.readAll())).toEqual([]);
    await sent;
  });

  it('keeps a revision that is none', () => {
    const [event] = newEvents(1);
    const tombstone = { ...event!, stream: 's', revision: Number(2n ** 63n - 1n), position: 2n ** 62n + 1n };
    const packer = new EventPacker();
    packer.add(packableOf(tombstone));
    expect([...unpackEvents(packer.packed())]).toEqual([[tombstone]]);
  });

  it('keeps texts that need more room than there is at first', () => {
    const data = JSON.stringify('€'.repeat(300_000));
    const events = newEvents(3).map((event, at) => ({
      ...event,
      data,
      stream: 's',
      revision: at,
      position: BigInt(at),
    }));
    const packer = new EventPacker();
    for (const event of events) packer.add(packableOf(event));
    expect([...unpackEvents(packer.packed())]).toEqual([events]);
  });

  it('is not read far ahead of who needs it', async () => {
    await fill(20_000);
    const { log, sent } = relayed();
    await log.head();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(pages).toBeGreaterThan(2);
    expect(pages).toBeLessThan(15);

    expect(await collect(log.readAll())).toHaveLength(20_000);
    await sent;
  });

  it('is read no further when who needed it has enough', async () => {
    await fill(20_000);
    const { log, sent } = relayed();
    let seen = 0;
    for await (const page of log.readAll()) if ((seen += page.length) >= 2000) break;
    await sent;

    expect(seen).toBe(2000);
    expect(pages).toBeLessThan(40);
  });

  it('fails with the reason when it cannot be read', async () => {
    const { log, sent } = relayed(() => Promise.reject(new StoreUnavailable('it is locked')));
    await expect(collect(log.readAll())).rejects.toThrow('it is locked');
    await sent;
  });

  it('fails when the thread that reads it ends without a word', async () => {
    await fill(100);
    const { port1, port2 } = new MessageChannel();
    const log = new RelayedLog(port1);
    for await (const page of store.readPacked(START)) port2.postMessage({ page });
    port2.close();
    const seen: number[] = [];
    const reading = async (): Promise<void> => {
      for await (const page of log.readAll()) seen.push(page.length);
    };

    await expect(reading()).rejects.toThrow('the thread that reads the log has ended');
    expect(seen).toEqual([100]);
  });
});

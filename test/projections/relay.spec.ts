import { MessageChannel } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '../../src/event-store/errors.js';
import { START, type EventReader, type EventStore } from '../../src/event-store/event-store.js';
import { mainAccountStream } from '../../src/ledger/streams.js';
import { packPage, unpackPage } from '../../src/projections/bulk/page-message.js';
import { RelayedLog, relayLog } from '../../src/projections/bulk/relay.js';
import { collect, newEvents, newStream } from '../contract/event-store.contract.js';
import { borrowed } from '../support/projecting.js';
import { openTestStore } from '../support/sqlite.js';

describe('a log that one thread reads for two others', () => {
  let store: EventStore;
  let pages: number;
  beforeEach(async () => {
    store = await openTestStore();
    pages = 0;
  });
  afterEach(() => store.close());

  /** The store's log, of which the pages are counted. */
  const counted = (): EventReader =>
    new Proxy(borrowed(store), {
      get(target, name) {
        if (name !== 'readAll') return Reflect.get(target, name) as unknown;
        return async function* () {
          for await (const page of target.readAll(START)) {
            pages += 1;
            yield page;
          }
        };
      },
    });

  const relayed = (open: () => Promise<EventReader> = async () => counted()) => {
    const channels = [new MessageChannel(), new MessageChannel()] as const;
    const sent = relayLog(
      open,
      channels.map(({ port2 }) => port2),
    );
    const [one, other] = channels.map(({ port1 }) => new RelayedLog(port1)) as [RelayedLog, RelayedLog];
    return { one, other, sent };
  };
  const fill = async (events: number): Promise<void> => {
    for (let left = events; left > 0; left -= 400)
      await store.append(newStream(), newEvents(Math.min(left, 400)), 'no-stream');
  };

  it('comes to both of them as it is', async () => {
    const texts = { data: '{"a":"ä€😀"}', metadata: '' };
    await store.append(mainAccountStream('acme'), [{ ...newEvents(1)[0]!, ...texts }], 'no-stream');
    await fill(1250);
    const { one, other, sent } = relayed();
    expect(await one.head()).toBe(await store.head());
    const log = await collect(store.readAll(START));
    // Who does not ask where it ends is not kept waiting.
    expect(await Promise.all([collect(one.readAll()), collect(other.readAll())])).toEqual([log, log]);
    await sent;
  });

  it('may be empty', async () => {
    const { one, other, sent } = relayed();
    expect(await one.head()).toBe(START);
    expect(await Promise.all([collect(one.readAll()), collect(other.readAll())])).toEqual([[], []]);
    await sent;
  });

  it('keeps a revision that is none', () => {
    const [event] = newEvents(1);
    const tombstone = { ...event!, stream: 's', revision: Number(2n ** 63n - 1n), position: 2n ** 62n + 1n };
    expect(unpackPage(packPage([tombstone]))).toEqual([tombstone]);
  });

  it('is not read far ahead of the slower one', async () => {
    await fill(8000);
    const { one, other, sent } = relayed();
    const reading = collect(one.readAll());
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(pages).toBeGreaterThan(20);
    expect(pages).toBeLessThan(50);

    expect(await collect(other.readAll())).toHaveLength(8000);
    expect(await reading).toHaveLength(8000);
    await sent;
  });

  it('is read on for one when the other has enough, and no further when both have', async () => {
    await fill(20_000);
    const { one, other, sent } = relayed();
    for await (const page of one.readAll()) if (page.length > 0) break;
    let seen = 0;
    for await (const page of other.readAll()) if ((seen += page.length) >= 8000) break;
    await sent;

    expect(seen).toBe(8000);
    expect(pages).toBeLessThan(150);
  });

  it('fails for both of them, with the reason, when it cannot be read', async () => {
    const { one, other, sent } = relayed(() => Promise.reject(new StoreUnavailable('it is locked')));
    await Promise.all([
      expect(one.head()).rejects.toThrow('it is locked'),
      expect(collect(other.readAll())).rejects.toThrow('it is locked'),
    ]);
    await sent;
  });

  it('fails when the thread that reads it ends without a word', async () => {
    await fill(100);
    const { port1, port2 } = new MessageChannel();
    const log = new RelayedLog(port1);
    port2.postMessage({ page: packPage(await collect(store.readAll(START))) });
    port2.close();
    const seen: number[] = [];
    const reading = async (): Promise<void> => {
      for await (const page of log.readAll()) seen.push(page.length);
    };

    await expect(reading()).rejects.toThrow('the thread that reads the log has ended');
    expect(seen).toEqual([100]);
  });
});

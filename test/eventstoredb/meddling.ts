import { randomUUID } from 'node:crypto';
import { EventStoreDBClient, jsonEvent, type EventData } from '@eventstore/db-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { StreamDamaged } from '../../src/event-store/errors.js';
import { isTombstone, type EventStore, type Position } from '../../src/event-store/event-store.js';
import { mainAccountStream } from '../../src/ledger/streams.js';
import { collect, newEvents } from '../contract/event-store.contract.js';
import { openHasty } from '../support/eventstoredb/open.js';
import { Ledger, receiptIn } from '../support/ledger.js';

/** How others hide events of a stream: the server takes any of them from whoever may write. */
const WAYS = {
  'deleted softly': (client: EventStoreDBClient, stream: string) => client.deleteStream(stream),
  'cut short by $tb': (client: EventStoreDBClient, stream: string) =>
    client.setStreamMetadata(stream, { truncateBefore: 2 }),
  'cut short by $maxCount': (client: EventStoreDBClient, stream: string) =>
    client.setStreamMetadata(stream, { maxCount: 1 }),
} as const;

/** What is left of a stream with which others meddle. Each test has an account of its own, which is not taken away again. */
export function meddlingContract(
  server: string,
  open: () => Promise<{ url: string; stop: () => Promise<void> }>,
): void {
  describe(`streams with which others meddle: ${server}`, () => {
    let stopServer: () => Promise<void>;
    let client: EventStoreDBClient;
    let store: EventStore;
    let ledger: Ledger;
    let start: Position;
    let m: string;
    let stream: string;

    beforeAll(async () => {
      const { url, stop } = await open();
      stopServer = stop;
      client = EventStoreDBClient.connectionString(url);
      store = await openHasty(url, {
        tryMs: 5_000,
        prefixes: ['mainAccount-contract-', 'profile-contract-'],
      });
      ledger = new Ledger(store);
    });
    afterAll(async () => {
      await store.close();
      await client.dispose();
      await stopServer();
    });
    beforeEach(async () => {
      m = `contract-${randomUUID()}`;
      stream = mainAccountStream(m);
      start = await store.head();
      await ledger.funded(m, '100', 'desk');
    });
    const logged = async () =>
      (await collect(store.readAll(start))).filter((event) => event.stream === stream);
    const metadata = async (): Promise<unknown[]> => {
      const read = client.readStream(`$$${stream}`, { maxCount: 10 });
      const found: unknown[] = [];
      for await (const { event } of read) found.push(event?.data);
      return found;
    };

    /** Resolves when a follower has named it as one with hidden events. */
    const named = async (): Promise<void> => {
      for await (const { hidden = [] } of store.follow(start, AbortSignal.timeout(5_000)))
        if (hidden.some((each) => each.stream === stream)) return;
      throw new Error('not named');
    };

    describe.each(Object.entries(WAYS))('%s', (_, hide) => {
      it('it cannot be read from its beginning, but the log has all of it', async () => {
        await hide(client, stream);
        await expect(ledger.events(m)).rejects.toBeInstanceOf(StreamDamaged);
        await expect(new Ledger(store).purchase(m, '1')).rejects.toBeInstanceOf(StreamDamaged);
        expect((await logged()).map(({ revision }) => revision)).toEqual([0, 1, 2]);
      });

      it('an event of it that is hidden is neither missing nor the next one', async () => {
        await hide(client, stream);
        await expect(store.eventAtRevision(stream, 1)).rejects.toBeInstanceOf(StreamDamaged);
      });

      it('who knows it books on behind what is hidden', async () => {
        await hide(client, stream);
        expect(receiptIn(await ledger.purchase(m, '1')).revision).toBe(3);
        expect((await logged()).map(({ revision }) => revision)).toEqual([0, 1, 2, 3]);
      });

      it('the follower names it', async () => {
        await hide(client, stream);
        await named();
      });

      it('of its metadata only the last are read', async () => {
        await hide(client, stream);
        await client.setStreamMetadata(stream, { maxCount: 2 });
        expect(await metadata()).toHaveLength(1);
      });
    });

    it('to be hidden by $maxAge in an hour, it is named while it is all there', async () => {
      await client.setStreamMetadata(stream, { maxAge: 3_600 });
      await named();
      expect(await ledger.events(m)).toHaveLength(3);
    });

    it('deleted softly, and written about, it is there again, and empty', async () => {
      await client.deleteStream(stream);
      await client.setStreamMetadata(stream, { maxCount: 7 });
      // A real server takes some milliseconds to bring it back.
      let [last] = await metadata();
      for (let tries = 0; tries < 100 && !Object.hasOwn(Object(last) as object, '$tb'); tries += 1)
        [last] = await metadata();
      expect(last).toEqual({ $maxCount: 7, $tb: 3 });
      await expect(ledger.events(m)).rejects.toThrow(/are hidden/);
    });

    it('an append that is hidden by now is answered without its position when it is sent again', async () => {
      const events = newEvents(2).map(({ id, type, data }): EventData =>
        jsonEvent({ id, type, data: JSON.parse(data) as Record<string, string> }),
      );
      const append = (name: string) => client.appendToStream(name, events, { expectedRevision: 'no_stream' });
      const other = `contract-${randomUUID()}`;
      const { position } = await append(other);
      expect((await append(other)).position).toEqual(position);
      await client.deleteStream(other);
      const again = await append(other);
      expect([again.success, again.nextExpectedRevision, again.position]).toEqual([true, 1n, undefined]);
    });

    it('deleted for good, it takes nothing any more, and the log says so behind its events', async () => {
      await client.tombstoneStream(stream);
      await expect(ledger.purchase(m, '1')).rejects.toBeInstanceOf(StreamDamaged);
      await expect(ledger.events(m)).rejects.toBeInstanceOf(StreamDamaged);
      expect((await logged()).map(isTombstone)).toEqual([false, false, false, true]);
      for (const more of [client.deleteStream(stream), client.tombstoneStream(stream)])
        await expect(more).rejects.toMatchObject({ type: 'stream-deleted' });
      await expect(metadata()).rejects.toMatchObject({ type: 'stream-deleted' });
    });

    it('only what never was cannot be deleted softly', async () => {
      const missing = `contract-${randomUUID()}`;
      await expect(client.deleteStream(missing)).rejects.toMatchObject({ type: 'wrong-expected-version' });
      await client.setStreamMetadata(missing, { maxCount: 7 });
      await client.deleteStream(missing);
      await store.deleteStream(`profile-${missing}`);
    });
  });
}

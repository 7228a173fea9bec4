import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OutcomeUnknown, RevisionConflict, StoreUnavailable } from '../../src/event-store/errors.js';
import type {
  EventStore,
  LogBatch,
  NewEvent,
  Position,
  RecordedEvent,
} from '../../src/event-store/event-store.js';
import { unpackEvents } from '../../src/event-store/packed-events.js';
import { emptyHead, seal, sha256 } from '../../src/ledger/seal.js';
import { mainAccountStream } from '../../src/ledger/streams.js';

/** A store under test. The log may hold the events of others, before and between. */
export interface StoreUnderTest {
  readonly store: EventStore;
  /** Closes the store and opens the same log again. */
  reopen(): Promise<EventStore>;
  /** Closes whatever is open and clears away. */
  dispose(): Promise<void>;
}

export const newStream = (): string => `contract-${randomUUID()}`;

export const newEvent = (value: unknown = {}, type = 'Tested'): NewEvent => ({
  id: randomUUID(),
  type,
  data: JSON.stringify({ value }),
  metadata: JSON.stringify({ note: 'contract' }),
});

export const newEvents = (count: number): NewEvent[] =>
  Array.from({ length: count }, (_, at) => newEvent(at));

export async function collect<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) {
    expect(page.length).toBeGreaterThan(0);
    all.push(...page);
  }
  return all;
}

const ids = (events: readonly { id: string }[]): string[] => events.map(({ id }) => id);

/** How many events a stream may have after an append of two that ended so. */
function lengthsAfter(outcome: PromiseSettledResult<unknown>): readonly number[] {
  if (outcome.status === 'fulfilled') return [2];
  if (outcome.reason instanceof StoreUnavailable) return [0];
  return outcome.reason instanceof OutcomeUnknown ? [0, 2] : [];
}

/** What every adapter of the port promises. `open` is called before each test. */
export function eventStoreContract(adapter: string, open: () => Promise<StoreUnderTest>): void {
  describe(`the event store contract: ${adapter}`, () => {
    let underTest: StoreUnderTest;
    let store: EventStore;
    let stream: string;

    beforeEach(async () => {
      underTest = await open();
      store = underTest.store;
      stream = newStream();
    });

    afterEach(() => underTest.dispose());

    const read = (from?: number): Promise<RecordedEvent[]> => collect(store.readStream(stream, from));

    describe('append', () => {
      it('starts a stream and goes on at the revision of its last event', async () => {
        const [first, second, third] = newEvents(3) as [NewEvent, NewEvent, NewEvent];
        const a = await store.append(stream, [first, second], 'no-stream');
        const b = await store.append(stream, [third], 1);
        expect(b).toBeGreaterThan(a);
        const events = await read();
        expect(events.map(({ revision }) => revision)).toEqual([0, 1, 2]);
        expect(ids(events)).toEqual(ids([first, second, third]));
        expect(events[1]!.position).toBe(a);
        expect(events[2]!.position).toBe(b);
      });

      it('refuses to start a stream that exists, and says where the stream is', async () => {
        await store.append(stream, newEvents(2), 'no-stream');
        const refused = store.append(stream, newEvents(1), 'no-stream');
        await expect(refused).rejects.toBeInstanceOf(RevisionConflict);
        await expect(refused).rejects.toMatchObject({
          stream,
          expectedRevision: 'no-stream',
          actualRevision: 1,
        });
        expect(await read()).toHaveLength(2);
      });

      it('refuses a revision that is behind, ahead, or of a stream that is missing, and writes nothing', async () => {
        await expect(store.append(stream, newEvents(1), 0)).rejects.toMatchObject({
          name: 'RevisionConflict',
          expectedRevision: 0,
          actualRevision: 'no-stream',
        });
        await store.append(stream, newEvents(3), 'no-stream');
        for (const wrong of [0, 1, 3, 1000])
          await expect(store.append(stream, newEvents(2), wrong)).rejects.toMatchObject({
            name: 'RevisionConflict',
            expectedRevision: wrong,
            actualRevision: 2,
          });
        expect(await read()).toHaveLength(3);
      });

      it('takes no event of which it could not give back the id as it is', async () => {
        for (const id of ['one', '0193ABCD-0000-8000-8000-0123456789AB'])
          await expect(
            store.append(stream, [newEvent(), { ...newEvent(), id }], 'no-stream'),
          ).rejects.toThrow('lower-case UUID');
        expect(await read()).toEqual([]);
      });

      it('writes the events of an append together, side by side in the log', async () => {
        const before = await store.head();
        const events = newEvents(50);
        const last = await store.append(stream, events, 'no-stream');
        const recorded = await read();
        expect(ids(recorded)).toEqual(ids(events));
        expect(recorded[0]!.position).toBeGreaterThan(before);
        expect(recorded.at(-1)!.position).toBe(last);
        const between = await collect(store.readAll(before));
        const mine = between.flatMap((event, at) => (event.stream === stream ? [at] : []));
        expect(mine).toEqual(Array.from({ length: 50 }, (_, at) => mine[0]! + at));
      });

      it('answers the same append, sent again, with the position of the first and writes nothing', async () => {
        const events = newEvents(2);
        const first = await store.append(stream, events, 'no-stream');
        expect(await store.append(stream, events, 'no-stream')).toBe(first);
        const more = newEvents(2);
        const second = await store.append(stream, more, 1);
        await store.append(stream, newEvents(1), 3);
        expect(await store.append(stream, more, 1)).toBe(second);
        expect(await read()).toHaveLength(5);
      });

      it('does not take an append for the same when only its beginning is', async () => {
        const [one, two] = newEvents(2) as [NewEvent, NewEvent];
        await store.append(stream, [one, two], 'no-stream');
        for (const other of [
          [one, newEvent()],
          [newEvent(), two],
          [one, two, newEvent()],
        ])
          await expect(store.append(stream, other, 'no-stream')).rejects.toBeInstanceOf(RevisionConflict);
        expect(await read()).toHaveLength(2);
      });

      it('lets one of 64 win that append at the same revision', async () => {
        await store.append(stream, newEvents(1), 'no-stream');
        const racers = newEvents(64);
        const outcomes = await Promise.allSettled(racers.map((event) => store.append(stream, [event], 0)));
        const won = outcomes.flatMap(({ status }, at) => (status === 'fulfilled' ? [racers[at]!] : []));
        expect(won).toHaveLength(1);
        const lost = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
        expect(lost.every((reason) => reason instanceof RevisionConflict)).toBe(true);
        expect(ids((await read()).slice(1))).toEqual(ids(won));
      });

      it('keeps many streams apart that are written at the same time', async () => {
        const streams = Array.from({ length: 40 }, newStream);
        await Promise.all(
          streams.map(async (name) => {
            for (let revision = -1; revision < 4; revision++)
              await store.append(name, [newEvent(name)], revision < 0 ? 'no-stream' : revision);
          }),
        );
        const positions = new Set<Position>();
        for (const name of streams) {
          const events = await collect(store.readStream(name));
          expect(events.map(({ revision }) => revision)).toEqual([0, 1, 2, 3, 4]);
          for (const { data, position } of events) {
            expect(JSON.parse(data)).toEqual({ value: name });
            positions.add(position);
          }
        }
        expect(positions.size).toBe(200);
      });

      it('does not let a conflict touch the appends beside it', async () => {
        const others = Array.from({ length: 10 }, newStream);
        const outcomes = await Promise.allSettled([
          ...others.map((name) => store.append(name, newEvents(2), 'no-stream')),
          store.append(stream, newEvents(2), 7),
        ]);
        expect(outcomes.map(({ status }) => status)).toEqual([...others.map(() => 'fulfilled'), 'rejected']);
        expect(await read()).toEqual([]);
      });
    });

    describe('readStream', () => {
      it('has nothing of a stream that is missing', async () => {
        expect(await read()).toEqual([]);
        expect(await read(5)).toEqual([]);
      });

      it('gives everything in order, in pages that are never empty', async () => {
        const events = newEvents(1300);
        for (let at = 0; at < events.length; at += 100)
          await store.append(stream, events.slice(at, at + 100), at === 0 ? 'no-stream' : at - 1);
        const recorded = await read();
        expect(ids(recorded)).toEqual(ids(events));
        expect(recorded.map(({ revision }) => revision)).toEqual(events.map((_, at) => at));
      });

      it('begins at the revision asked for, which it includes', async () => {
        await store.append(stream, newEvents(5), 'no-stream');
        expect((await read(3)).map(({ revision }) => revision)).toEqual([3, 4]);
        expect(await read(5)).toEqual([]);
      });

      it('keeps every text as it was', async () => {
        const values = [
          'Grüße, Ωμέγα, 日本語, עברית',
          '👩‍👩‍👧‍👦 😀 \u{10ffff}',
          '\u0000 \u001f " \\ \n \u2028 \ud800',
          '',
          { amount: '12.2109', nested: [1, null, true, { 'a.b': 1e21 }] },
          'x'.repeat(200_000),
        ];
        const unusual = { data: '{ "a": 1.0, "a": "\\u0041" }', metadata: '{"b":1e0,"a":-0}' };
        const events = [
          ...values.map((value) => newEvent(value, 'Tëxt-Kept_1')),
          { ...newEvent(), ...unusual },
        ];
        await store.append(stream, events, 'no-stream');
        const recorded = await read();
        expect(recorded.map(({ id, type, data, metadata }) => ({ id, type, data, metadata }))).toEqual(
          events,
        );
      });

      it('sees an append as soon as it is acknowledged', async () => {
        for (let revision = -1; revision < 20; revision++) {
          await store.append(stream, newEvents(1), revision < 0 ? 'no-stream' : revision);
          expect(await read(revision + 1)).toHaveLength(1);
        }
      });
    });

    describe('deleteStream', () => {
      it('forgets the stream, which can begin again', async () => {
        const last = await store.append(stream, newEvents(20), 'no-stream');
        await store.deleteStream(stream);
        expect(await read()).toEqual([]);
        expect(await read(19)).toEqual([]);
        const [first, ...more] = newEvents(21) as [NewEvent, ...NewEvent[]];
        expect(await store.append(stream, [first], 'no-stream')).toBeGreaterThan(last);
        let begun = await read();
        // EventStoreDB may take some milliseconds to show a stream that begins again.
        while (begun.length === 0) begun = await read();
        // From 0, or from where it was.
        const { revision } = begun[0]!;
        expect([0, 20]).toContain(revision);
        await store.append(stream, more, revision);
        const events = await read();
        expect(ids(events)).toEqual(ids([first, ...more]));
        expect(events.map((event) => event.revision - revision)).toEqual(events.map((_, at) => at));
        await expect(store.append(stream, newEvents(1), 'no-stream')).rejects.toMatchObject({
          name: 'RevisionConflict',
          actualRevision: revision + 20,
        });
      });

      it('is done once it has been done, and for a stream that never was', async () => {
        await store.deleteStream(stream);
        await store.append(stream, newEvents(1), 'no-stream');
        await store.deleteStream(stream);
        await store.deleteStream(stream);
        store = await underTest.reopen();
        expect(await read()).toEqual([]);
        await store.append(stream, newEvents(1), 'no-stream');
        // EventStoreDB takes some milliseconds to show a stream that has come back.
        while ((await read()).length === 0) await delay(5);
        expect(await read()).toHaveLength(1);
      });

      it('leaves the rest of the log as it is, also to those who follow it', async () => {
        const start = await store.head();
        const [before, after] = [newStream(), newStream()];
        await store.append(before, newEvents(2), 'no-stream');
        await store.append(stream, newEvents(3), 'no-stream');
        const kept = await collect(store.readStream(before));
        await store.deleteStream(stream);
        const last = await store.append(after, newEvents(1), 'no-stream');
        expect(await collect(store.readStream(before))).toEqual(kept);
        expect(await store.head()).toBe(last);
        const others = ({ stream: name }: RecordedEvent): boolean => name === before || name === after;
        expect((await collect(store.readAll(start))).filter(others)).toHaveLength(3);
        const followed: RecordedEvent[] = [];
        for await (const { events, position } of store.follow(start, AbortSignal.timeout(5_000))) {
          followed.push(...events.filter(others));
          if (position >= last) break;
        }
        expect(followed.map(({ position }) => position)).toEqual([
          ...kept.map((each) => each.position),
          last,
        ]);
      });

      it('never touches a stream of the ledger', async () => {
        // An event that a service on the same server can read, too.
        const mainAccountId = `contract-${randomUUID()}`;
        const ledger = mainAccountStream(mainAccountId);
        const opened = { type: 'MainAccountOpened', data: { currency: 'EUR' } } as const;
        const provenance = {
          idempotencyKey: 'open',
          fingerprint: sha256('open'),
          actor: 'key:test',
          $correlationId: 'contract',
          $causationId: 'contract',
        };
        const { event } = seal(mainAccountId, emptyHead(ledger), opened, provenance, new Date());
        await store.append(ledger, [event], 'no-stream');
        await expect(store.deleteStream(ledger)).rejects.toThrow(/never deleted/);
        expect(await collect(store.readStream(ledger))).toHaveLength(1);
      });
    });

    describe('readAll and head', () => {
      it('give the log in order, after the position asked for', async () => {
        const start = await store.head();
        const names = [stream, newStream(), newStream()];
        for (const expected of ['no-stream', 1] as const)
          for (const name of names) await store.append(name, newEvents(2), expected);
        const all = await collect(store.readAll(start));
        const mine = all.filter(({ stream: name }) => names.includes(name));
        expect(mine).toHaveLength(12);
        for (const [at, event] of mine.slice(1).entries())
          expect(event.position).toBeGreaterThan(mine[at]!.position);
        const rest = await collect(store.readAll(mine[4]!.position));
        expect(ids(rest.filter(({ stream: name }) => names.includes(name)))).toEqual(ids(mine.slice(5)));
        expect(await store.head()).toBeGreaterThanOrEqual(mine.at(-1)!.position);
      });

      it('have nothing after the end', async () => {
        const last = await store.append(stream, newEvents(1), 'no-stream');
        const beyond = (await store.head()) + 1_000_000n;
        expect(await collect(store.readAll(beyond))).toEqual([]);
        expect((await collect(store.readAll(last))).some((event) => event.stream === stream)).toBe(false);
      });
    });

    describe('readPacked', () => {
      it('gives what readAll does, for another thread', async () => {
        const start = await store.head();
        const texts = ['{"name":"Zoë"}', '{"of":"ä€😀"}', '{}', '"🙂"'].map((data) => ({
          ...newEvent(),
          data,
        }));
        const [first, second, ...rest] = [...newEvents(250), ...texts, ...newEvents(30)];
        await store.append(stream, [first!, second!], 'no-stream');
        await store.append(stream, rest, 1);
        for (const after of [start, (await read())[0]!.position]) {
          const unpacked: RecordedEvent[] = [];
          for await (const page of store.readPacked(after)) unpacked.push(...[...unpackEvents(page)].flat());
          expect(unpacked).toEqual(await collect(store.readAll(after)));
        }
      });

      it('has nothing after the end', async () => {
        await store.append(stream, newEvents(1), 'no-stream');
        for await (const page of store.readPacked(await store.head()))
          expect([...unpackEvents(page)].flat().filter((event) => event.stream === stream)).toEqual([]);
      });
    });

    describe('eventAt', () => {
      it('tells what stands at a position, and of none where nothing does', async () => {
        await store.append(stream, newEvents(3), 'no-stream');
        for (const event of await read()) expect(await store.eventAt(event.position)).toEqual(event);
        expect(await store.eventAt((await store.head()) + 1n)).toBeUndefined();
      });
    });

    describe('follow', () => {
      let ending: AbortController;

      beforeEach(() => {
        ending = new AbortController();
      });

      afterEach(() => ending.abort());

      /** Follows until as many events of the test's stream have come and the end of the log has been seen. */
      async function followUntil(after: Position, count: number): Promise<LogBatch[]> {
        const batches: LogBatch[] = [];
        let seen = 0;
        for await (const batch of store.follow(after, ending.signal)) {
          batches.push(batch);
          seen += batch.events.filter((event) => event.stream === stream).length;
          if (seen >= count && batch.live) break;
        }
        return batches;
      }

      const mine = (batches: readonly LogBatch[]): RecordedEvent[] =>
        batches.flatMap(({ events }) => events.filter((event) => event.stream === stream));

      it('catches up, says so, and goes on live', async () => {
        const start = await store.head();
        const end = await store.append(stream, newEvents(700), 'no-stream');
        const live = followUntil(start, 710);
        for (let at = 0; at < 10; at++) {
          await new Promise((resolve) => setTimeout(resolve, 10));
          await store.append(stream, newEvents(1), 699 + at);
        }
        const batches = await live;
        expect(mine(batches).map(({ revision }) => revision)).toEqual(
          Array.from({ length: 710 }, (_, at) => at),
        );
        for (const { events, position } of batches)
          for (const event of events) expect(event.position).toBeLessThanOrEqual(position);
        expect(batches.find((batch) => batch.live)?.position).toBeGreaterThanOrEqual(end);
      });

      it('says that it is live when there is nothing to deliver', async () => {
        const head = await store.head();
        for await (const batch of store.follow(head, ending.signal)) {
          if (!batch.live) continue;
          expect(batch.position).toBeGreaterThanOrEqual(head);
          break;
        }
      });

      it('delivers an append soon after it is acknowledged', async () => {
        await store.append(stream, newEvents(1), 'no-stream');
        const start = await store.head();
        const arrived = followUntil(start, 1).then(() => performance.now());
        await new Promise((resolve) => setTimeout(resolve, 50));
        await store.append(stream, newEvents(1), 0);
        const acknowledged = performance.now();
        expect((await arrived) - acknowledged).toBeLessThan(250);
      });

      it('goes on from a batch’s position without a gap and without a repetition', async () => {
        const start = await store.head();
        const events = newEvents(60);
        await store.append(stream, events.slice(0, 20), 'no-stream');
        const first = await followUntil(start, 20);
        await store.append(stream, events.slice(20, 40), 19);
        const second = await followUntil(first.at(-1)!.position, 20);
        await store.append(stream, events.slice(40), 39);
        const third = await followUntil(second.at(-1)!.position, 20);
        expect(ids(mine([...first, ...second, ...third]))).toEqual(ids(events));
      });

      it('misses nothing that is appended while it catches up', async () => {
        const start = await store.head();
        await store.append(stream, newEvents(1), 'no-stream');
        const following = followUntil(start, 301);
        for (let revision = 0; revision < 300; revision++) await store.append(stream, newEvents(1), revision);
        expect(mine(await following).map(({ revision }) => revision)).toEqual(
          Array.from({ length: 301 }, (_, at) => at),
        );
      });

      it('ends when the signal says so, at once, also before it has begun', async () => {
        const head = await store.head();
        const started = performance.now();
        setTimeout(() => ending.abort(), 30);
        for await (const _ of store.follow(head, ending.signal));
        expect(performance.now() - started).toBeLessThan(1000);
        for await (const _ of store.follow(head, AbortSignal.abort()))
          throw new Error('delivered after the end');
      });
    });

    describe('the life of the store', () => {
      it('finds everything again when it is opened again', async () => {
        const events = newEvents(3);
        const position = await store.append(stream, events, 'no-stream');
        const head = await store.head();
        const before = await read();
        store = await underTest.reopen();
        expect(await read()).toEqual(before);
        expect(await store.head()).toBeGreaterThanOrEqual(head);
        await expect(store.append(stream, newEvents(1), 'no-stream')).rejects.toBeInstanceOf(
          RevisionConflict,
        );
        expect(await store.append(stream, events, 'no-stream')).toBe(position);
        expect(await store.append(stream, newEvents(1), 2)).toBeGreaterThan(position);
      });

      it('says that it can take appends', async () => {
        await expect(store.check()).resolves.toBeUndefined();
      });

      it('loses nothing acknowledged when it is closed amid appends, and calls no write a failure', async () => {
        const streams = Array.from({ length: 100 }, newStream);
        const appends = streams.map((name) => store.append(name, newEvents(2), 'no-stream'));
        const [outcomes] = await Promise.all([Promise.allSettled(appends), store.close()]);
        store = await underTest.reopen();
        for (const [at, outcome] of outcomes.entries()) {
          const { length } = await collect(store.readStream(streams[at]!));
          expect(lengthsAfter(outcome)).toContain(length);
        }
      });

      it('takes nothing once it is closed, and may be closed twice', async () => {
        await store.close();
        await store.close();
        await expect(store.append(stream, newEvents(1), 'no-stream')).rejects.toBeInstanceOf(
          StoreUnavailable,
        );
        await expect(store.deleteStream(stream)).rejects.toBeInstanceOf(StoreUnavailable);
        await expect(store.check()).rejects.toBeInstanceOf(StoreUnavailable);
        store = await underTest.reopen();
        expect(await read()).toEqual([]);
      });
    });
  });
}

import {
  StreamDeletedError,
  StreamNotFoundError,
  type EventStoreDBClient,
  type StreamingRead,
} from '@eventstore/db-client';
import { StoreUnavailable, StreamDamaged, reasonOf } from '../errors.js';
import { mayBeDeleted, type Position, type RecordedEvent } from '../event-store.js';
import type { Connection } from './connection.js';
import { deleted, isInvalidPosition, NoAnswer, verdictOf } from './failures.js';
import { firstShownBy, metadataStreamOf } from './hiding.js';
import { Patience } from './patience.js';
import { placeAt, readLog, readStream, type Extent, type From } from './read-calls.js';
import type { Settings } from './settings.js';
import { Slots } from './slots.js';
import { toRecorded, type Place, type StoredEvent } from './stored-event.js';

/** Events of a stream's first page: who only looks whether there is something new should not fetch it all. */
const FIRST_PAGE = 16;

/**
 * Reads from the leader, page by page. No read stays open between two pages, so a slow consumer holds
 * nothing on the server, and a page that fails is fetched again.
 */
export class LogReader {
  private readonly slots: Slots;

  constructor(
    private readonly connection: Connection,
    private readonly settings: Settings,
    private readonly closing: AbortSignal,
  ) {
    this.slots = new Slots(settings.concurrency);
  }

  /** @throws StoreUnavailable */
  async *stream(stream: string, from: number): AsyncGenerator<readonly RecordedEvent[]> {
    for (let next = from, size = FIRST_PAGE; ; size = this.settings.pageSize) {
      const page = await this.patiently(() => this.streamPage(stream, next, size));
      if (page.length > 0) yield page;
      if (page.length < size) return;
      // Not by counting: a stream that was deleted and begun again starts above 0.
      next = page.at(-1)!.revision + 1;
    }
  }

  /**
   * The stream's events from a revision on, at most so many, in one try.
   * @throws StreamDamaged one of the ledger's that was deleted, or whose first events are hidden: taken for missing
   * it would begin again
   * @throws the client's errors
   */
  async streamPage(stream: string, from: number, maxCount: number): Promise<RecordedEvent[]> {
    try {
      const stored = await this.streamEvents(stream, from, { direction: 'forwards', maxCount });
      const page = stored.map(toRecorded);
      if (from === 0 && page[0]?.revision !== 0 && !mayBeDeleted(stream))
        throw new StreamDamaged(
          `the first events of the stream ${stream} are hidden in EventStoreDB, or gone`,
        );
      return page;
    } catch (error) {
      const forGood = error instanceof StreamDeletedError;
      if (!forGood && !(error instanceof StreamNotFoundError)) throw error;
      if (mayBeDeleted(stream)) return [];
      if (forGood || (await this.hiddenBefore(stream)) > 0) throw deleted(stream, error);
      return [];
    }
  }

  /** The next page is on its way while one is used. @throws StoreUnavailable */
  async *all(after: Position): AsyncGenerator<readonly RecordedEvent[]> {
    const { pageSize } = this.settings;
    const pageFrom = (from: From<Place>): Promise<StoredEvent[]> => {
      const page = this.patiently(() => this.logEvents(from, { direction: 'forwards', maxCount: pageSize }));
      // Heard of when it is waited for, if ever.
      page.catch(() => {});
      return page;
    };
    for (let page = pageFrom(placeAt(after)), last = after; ;) {
      const stored = await page;
      const end = stored.length < pageSize;
      if (!end) page = pageFrom(stored.at(-1)!.place);
      // A page begins with the event that the last one ended with.
      const news = stored.filter(({ stream, position }) => this.isOurs(stream) && position > last);
      last = stored.at(-1)?.position ?? last;
      if (news.length > 0) yield news.map(toRecorded);
      if (end) return;
    }
  }

  /** The events of the log before a place, the last one first, in one try. @throws the client's errors */
  lastBefore(place: Place | 'end', maxCount: number): Promise<StoredEvent[]> {
    return this.logEvents(place, { direction: 'backwards', maxCount });
  }

  /**
   * The first event of the log from a position (inclusive) on, in one try.
   * @returns undefined when the log ends before it, or when it lies within another event
   * @throws the client's errors
   */
  async firstAt(position: Position): Promise<StoredEvent | undefined> {
    try {
      const [first] = await this.logEvents(placeAt(position), { direction: 'forwards', maxCount: 1 });
      return first;
    } catch (error) {
      if (isInvalidPosition(error)) return undefined;
      throw error;
    }
  }

  /** The event at a position, in one try. @throws the client's errors */
  async at(position: Position): Promise<RecordedEvent | undefined> {
    const first = await this.firstAt(position);
    return first?.position === position ? toRecorded(first) : undefined;
  }

  /** Tries again what failed. @throws StoreUnavailable */
  async patiently<T>(read: () => Promise<T>): Promise<T> {
    const patience = new Patience(this.settings, this.closing);
    for (;;)
      try {
        return await read();
      } catch (error) {
        if (error instanceof StoreUnavailable) throw error;
        if (verdictOf(error) === 'refused' || !(await patience.pause()))
          throw new StoreUnavailable(`cannot read from EventStoreDB: ${reasonOf(error)}`, { cause: error });
      }
  }

  /** Whether the stream is one of the ledger's. */
  isOurs(stream: string): boolean {
    const { prefixes } = this.settings;
    if (prefixes.length === 0) return !stream.startsWith('$');
    return prefixes.some((prefix) => stream.startsWith(prefix));
  }

  /** Resolves when nothing is on its way any more. */
  close(): Promise<void> {
    return this.slots.close();
  }

  /** The revision before which the stream's events are hidden. @throws the client's errors */
  private async hiddenBefore(stream: string): Promise<number> {
    const lastOne: Extent = { direction: 'backwards', maxCount: 1 };
    try {
      const [last] = await this.streamEvents(metadataStreamOf(stream), 'end', lastOne);
      return firstShownBy(last);
    } catch (error) {
      if (error instanceof StreamNotFoundError) return 0;
      throw error;
    }
  }

  private streamEvents(stream: string, from: From<number>, extent: Extent): Promise<StoredEvent[]> {
    const { options } = this.connection;
    return this.collect((client) => readStream(client, options, stream, from, extent));
  }

  private logEvents(from: From<Place>, extent: Extent): Promise<StoredEvent[]> {
    const { options } = this.connection;
    return this.collect((client) => readLog(client, options, from, extent));
  }

  private collect<E>(open: (client: EventStoreDBClient) => StreamingRead<E>): Promise<E[]> {
    return this.slots.run(() => this.connection.call((client) => drain(open(client), this.settings.tryMs)));
  }
}

/**
 * Everything that a read delivers. The clock runs from event to event: large ones of others may fill a page. The read is
 * cancelled in every case: an open one would cost the connection a slot.
 */
async function drain<E>(read: StreamingRead<E>, ms: number): Promise<E[]> {
  const timer = setTimeout(() => read.destroy(new NoAnswer(`nothing more of a read within ${ms} ms`)), ms);
  // The client reports some errors twice, also after the end; without a listener that would end the process.
  read.on('error', () => {});
  const events: E[] = [];
  try {
    for await (const event of read) {
      events.push(event);
      timer.refresh();
    }
    return events;
  } finally {
    clearTimeout(timer);
    read.cancel().catch(() => {});
  }
}

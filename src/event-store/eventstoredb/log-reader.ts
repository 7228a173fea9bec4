import { StreamDeletedError, StreamNotFoundError, type EventStoreDBClient } from '@eventstore/db-client';
import { StoreUnavailable, StreamDamaged, reasonOf } from '../errors.js';
import { mayBeDeleted, START, type Position, type RecordedEvent } from '../event-store.js';
import { EventPacker, type PackedEvents } from '../packed-events.js';
import type { Connection } from './connection.js';
import { drain } from './drain.js';
import { deleted, isInvalidPosition, verdictOf } from './failures.js';
import { firstShownBy, metadataStreamOf } from './hiding.js';
import { NewestSeen } from './newest-seen.js';
import { Patience } from './patience.js';
import { placeAt, readLog, readStream, type Extent, type From, type ReadCall } from './read-calls.js';
import type { Settings } from './settings.js';
import { Slots } from './slots.js';
import type { SentEvent } from './sent-event.js';
import { toRecorded, type Place, type PlacedMark, type StoredEvent } from './stored-event.js';

/** Events of a stream's first page: who only looks whether there is something new should not fetch it all. */
const FIRST_PAGE = 16;

/** A page of the log on its way to become what is wanted of it. */
interface PageMaking<Page> {
  /** Takes the ledger's events, as they come. */
  readonly add: (event: SentEvent) => void;
  readonly made: () => Page;
}

interface LogPage<Page> {
  readonly page: Page;
  readonly ended: boolean;
  /** Of the last event that was delivered. */
  readonly last: From<Place>;
}

/**
 * Reads from the leader, page by page. No read stays open between two pages, so a slow consumer holds
 * nothing on the server, and a page that fails is fetched again.
 */
export class LogReader {
  /** By it the log is known again. */
  readonly seen = new NewestSeen();
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
      const last = page.at(-1);
      if (last) this.seen.note(last);
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

  /** @throws StoreUnavailable */
  async *all(after: Position): AsyncGenerator<readonly RecordedEvent[]> {
    const pages = this.pages(after, () => {
      const stored: StoredEvent[] = [];
      return { add: (event) => stored.push(event.stored()), made: () => stored.map(toRecorded) };
    });
    for await (const page of pages) if (page.length > 0) yield page;
  }

  /** @throws StoreUnavailable */
  async *packed(after: Position): AsyncGenerator<PackedEvents> {
    const pages = this.pages(after, () => {
      const packer = new EventPacker();
      return { add: (event) => packer.add(event.packable()), made: () => packer.packed() };
    });
    for await (const page of pages) if (page.positions.length > 0) yield page;
  }

  /** The log by pages, the next one on its way while one is used. @throws StoreUnavailable */
  private async *pages<Page>(after: Position, begin: () => PageMaking<Page>): AsyncGenerator<Page> {
    const pageFrom = (from: From<Place>): Promise<LogPage<Page>> => {
      const page = this.patiently(() => this.page(from, begin()));
      // Heard of when it is waited for, if ever.
      page.catch(() => {});
      return page;
    };
    for (let next = pageFrom(placeAt(after)); ;) {
      const { page, ended, last } = await next;
      if (!ended) next = pageFrom(last);
      yield page;
      if (ended) return;
    }
  }

  /** One page, in one try. @throws the client's errors */
  private async page<Page>(from: From<Place>, making: PageMaking<Page>): Promise<LogPage<Page>> {
    const { pageSize } = this.settings;
    // It begins with the event that the one before it ended with.
    const before = typeof from === 'object' ? from.commit : START;
    let delivered = 0;
    let last: SentEvent | undefined;
    await this.hearLog(from, { direction: 'forwards', maxCount: pageSize }, (event) => {
      delivered += 1;
      last = event;
      if (event.commit > before && this.isOurs(event.stream)) making.add(event);
    });
    return { page: making.made(), ended: delivered < pageSize, last: last?.place ?? from };
  }

  /**
   * The events of the log before a place, the last one first, in one try. Other programs' may be large, and many.
   * @throws the client's errors
   */
  async lastBefore(place: Place | 'end', maxCount: number): Promise<readonly PlacedMark[]> {
    const marks: PlacedMark[] = [];
    await this.hearLog(place, { direction: 'backwards', maxCount }, (event) => marks.push(event.mark()));
    return marks;
  }

  /**
   * The first event of the log from a position (inclusive) on, in one try.
   * @returns undefined when the log ends before it, or when it lies within another event
   * @throws the client's errors
   */
  async firstAt(position: Position): Promise<StoredEvent | undefined> {
    try {
      let first: StoredEvent | undefined;
      await this.hearLog(placeAt(position), { direction: 'forwards', maxCount: 1 }, (event) => {
        first = event.stored();
      });
      return first;
    } catch (error) {
      if (isInvalidPosition(error)) return undefined;
      throw error;
    }
  }

  /** @throws LogRestored when the log lacks the newest event that was seen in it; the client's errors */
  confirmSeen(): Promise<void> {
    return this.seen.confirm((position) => this.firstAt(position));
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

  private async streamEvents(stream: string, from: From<number>, extent: Extent): Promise<StoredEvent[]> {
    const { options } = this.connection;
    const events: StoredEvent[] = [];
    await this.hear(
      (client) => readStream(client, options, stream, from, extent),
      (event) => events.push(event.stored()),
    );
    return events;
  }

  private hearLog(from: From<Place>, extent: Extent, hear: (event: SentEvent) => void): Promise<void> {
    return this.hear((client) => readLog(client, this.connection.options, from, extent), hear);
  }

  private hear(
    open: (client: EventStoreDBClient) => Promise<ReadCall>,
    hear: (event: SentEvent) => void,
  ): Promise<void> {
    return this.slots.run(() =>
      this.connection.call((client) => drain(open(client), this.settings.tryMs, hear)),
    );
  }
}

import {
  StreamDeletedError,
  StreamNotFoundError,
  type AllStreamRecordedEvent,
  type AllStreamResolvedEvent,
  type EventStoreDBClient,
  type Position as LogPosition,
  type StreamingRead,
} from '@eventstore/db-client';
import { StoreUnavailable, StreamDamaged, reasonOf } from '../errors.js';
import { mayBeDeleted, type Position, type RecordedEvent } from '../event-store.js';
import type { Connection } from './connection.js';
import { toLogPosition, toRecorded } from './events.js';
import { deleted, isInvalidPosition, NoAnswer, verdictOf } from './failures.js';
import { firstShownBy, metadataStreamOf } from './hiding.js';
import { Patience } from './patience.js';
import type { Settings } from './settings.js';
import { Slots } from './slots.js';

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
    const { options } = this.connection;
    try {
      const read = await this.collect((client) =>
        client.readStream(stream, { ...options, fromRevision: BigInt(from), maxCount }),
      );
      const page = read.map(toRecorded);
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
    const { pageSize } = this.settings;
    for (let last = toLogPosition(after); ;) {
      const from = last;
      const page = await this.patiently(() => this.allPage('forwards', from, pageSize));
      // The first event is the one the last page ended with.
      const events = page.filter(({ event }) => this.isOurs(event?.streamId)).map(toRecorded);
      const news = events.filter(({ position }) => from === 'start' || position > from.commit);
      if (news.length > 0) yield news;
      if (page.length < pageSize) return;
      last = page.at(-1)?.event?.position ?? last;
    }
  }

  /** The events of the log before a place, the last one first, in one try. @throws the client's errors */
  async lastBefore(place: LogPosition | 'end', maxCount: number): Promise<AllStreamRecordedEvent[]> {
    const page = await this.allPage('backwards', place, maxCount);
    return page.flatMap(({ event }) => event ?? []);
  }

  /**
   * The first event of the log from a position (inclusive) on, in one try.
   * @returns undefined when the log ends before it, or when it lies within another event
   * @throws the client's errors
   */
  async firstAt(position: Position): Promise<AllStreamRecordedEvent | undefined> {
    try {
      const [first] = await this.allPage('forwards', toLogPosition(position), 1);
      return first?.event;
    } catch (error) {
      if (isInvalidPosition(error)) return undefined;
      throw error;
    }
  }

  /** The event at a position, in one try. @throws the client's errors */
  async at(position: Position): Promise<RecordedEvent | undefined> {
    const event = await this.firstAt(position);
    return event?.position.commit === position ? toRecorded({ event }) : undefined;
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
  isOurs(stream: string | undefined): boolean {
    const { prefixes } = this.settings;
    if (prefixes.length === 0) return stream?.startsWith('$') === false;
    return prefixes.some((prefix) => stream?.startsWith(prefix));
  }

  /** Resolves when nothing is on its way any more. */
  close(): Promise<void> {
    return this.slots.close();
  }

  /** The revision before which the stream's events are hidden. @throws the client's errors */
  private async hiddenBefore(stream: string): Promise<number> {
    const { options } = this.connection;
    const read = { ...options, direction: 'backwards', fromRevision: 'end', maxCount: 1 } as const;
    try {
      const [last] = await this.collect((client) => client.readStream(metadataStreamOf(stream), read));
      return firstShownBy(last?.event?.data);
    } catch (error) {
      if (error instanceof StreamNotFoundError) return 0;
      throw error;
    }
  }

  private allPage(
    direction: 'forwards' | 'backwards',
    fromPosition: LogPosition | 'start' | 'end',
    maxCount: number,
  ): Promise<AllStreamResolvedEvent[]> {
    const { options } = this.connection;
    return this.collect((client) => client.readAll({ ...options, direction, fromPosition, maxCount }));
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

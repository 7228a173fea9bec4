import {
  StreamNotFoundError,
  type AllStreamResolvedEvent,
  type EventStoreDBClient,
  type Position as LogPosition,
  type StreamingRead,
} from '@eventstore/db-client';
import { StoreUnavailable } from '../errors.js';
import { START, type Position, type RecordedEvent } from '../event-store.js';
import { GRACE_MS, type Connection } from './connection.js';
import { toLogPosition, toRecorded } from './events.js';
import { NoAnswer, reasonOf, verdictOf } from './failures.js';
import { Patience } from './patience.js';
import type { Settings } from './settings.js';
import { Slots } from './slots.js';

/** Events of a stream's first page: who only looks whether there is something new should not fetch it all. */
const FIRST_PAGE = 16;
/** Events at the end of the log among which the ledger's last event is looked for first. */
const TAIL = 32;

/**
 * Reads from the leader, page by page. No read stays open between two pages, so a slow consumer holds
 * nothing on the server, and a page that fails is fetched again.
 */
export class LogReader {
  private readonly slots: Slots;
  /** The position of the ledger's last event when it was last searched for, and the end of the log then. */
  private seen = { head: START, end: START };

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

  /** The stream's events from a revision on, at most so many, in one try. @throws the client's errors */
  async streamPage(stream: string, from: number, maxCount: number): Promise<RecordedEvent[]> {
    const { options } = this.connection;
    const page = await this.collect((client) =>
      client.readStream(stream, { ...options, fromRevision: BigInt(from), maxCount }),
    );
    return page.map(toRecorded);
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
      last = placeOf(page.at(-1)) ?? last;
    }
  }

  /** The position of the ledger's last event, in one try. @throws the client's errors */
  async findHead(): Promise<Position> {
    let from: LogPosition | 'end' = 'end';
    let end: Position | undefined;
    for (let size = TAIL; ; size = this.settings.pageSize) {
      const page: readonly AllStreamResolvedEvent[] = await this.allPage('backwards', from, size);
      end ??= placeOf(page[0])?.commit ?? START;
      // A log that ends before what was seen of it has been restored: what was seen does not count.
      const known = end < this.seen.end ? { head: START, end: START } : this.seen;
      const ours = page.find(({ event }) => this.isOurs(event?.streamId));
      const oldest = placeOf(page.at(-1));
      if (ours || !oldest || oldest.commit <= known.end || page.length < size) {
        this.seen = { head: placeOf(ours)?.commit ?? known.head, end };
        return this.seen.head;
      }
      from = oldest;
    }
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

  private allPage(
    direction: 'forwards' | 'backwards',
    fromPosition: LogPosition | 'start' | 'end',
    maxCount: number,
  ): Promise<AllStreamResolvedEvent[]> {
    const { options } = this.connection;
    return this.collect((client) => client.readAll({ ...options, direction, fromPosition, maxCount }));
  }

  private collect<E>(open: (client: EventStoreDBClient) => StreamingRead<E>): Promise<E[]> {
    const { tryMs } = this.settings;
    return this.slots.run(() =>
      this.connection.call(tryMs + GRACE_MS, (client) => drain(open(client), tryMs)),
    );
  }
}

const placeOf = (resolved: AllStreamResolvedEvent | undefined): LogPosition | undefined =>
  resolved?.event?.position;

/** Everything that a read delivers. It is cancelled in every case: an open one would cost the connection a slot. */
async function drain<E>(read: StreamingRead<E>, ms: number): Promise<E[]> {
  const timer = setTimeout(() => read.destroy(new NoAnswer(`no end of a read within ${ms} ms`)), ms);
  // The client reports some errors twice, also after the end; without a listener that would end the process.
  read.on('error', () => {});
  const events: E[] = [];
  try {
    for await (const event of read) events.push(event);
    return events;
  } catch (error) {
    if (error instanceof StreamNotFoundError) return [];
    throw error;
  } finally {
    clearTimeout(timer);
    read.cancel().catch(() => {});
  }
}

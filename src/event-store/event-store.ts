import { StreamDamaged } from './errors.js';
import { EventPacker, packableOf, type PackedEvents } from './packed-events.js';

/** Streams whose names begin so are the ledger: the store never lets one go. */
const LEDGER = 'mainAccount-';

/** Whether events of the stream may be missing from a log that is whole. */
export const mayBeDeleted = (stream: string): boolean => !stream.startsWith(LEDGER);

/**
 * Whether this is no event, but what EventStoreDB writes in the place of one when somebody deletes a stream for good.
 * Its revision means nothing, and the stream is never read or written again. Until they are scavenged, reads of the log
 * deliver the events before it all the same.
 */
export const isTombstone = ({ type }: Pick<RecordedEvent, 'type'>): boolean => type === '$streamDeleted';

/** A place in the whole log. Opaque to callers but for its order; written as a decimal string on the wire. */
export type Position = bigint;

/** Before the first event: `follow(START)` and `readAll(START)` deliver everything. */
export const START: Position = 0n;

/** Events that an append is given at most: with the limits on the ledger's fields it stays under EventStoreDB's 1 MiB. */
export const MAX_APPEND = 400;

/** Where a stream stands: the revision of its last event, or `no-stream` when it has none. */
export type StreamRevision = number | 'no-stream';

/** An event on its way in. `data` and `metadata` are JSON texts, kept as they are, so nothing is serialised twice. */
export interface NewEvent {
  /** UUID in lower case. Its first four groups name what caused the event. */
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Whether it is a UUID in its canonical, lower-case form: a store keeps 16 bytes, and gives back that form of them. */
export const isEventId = (id: string): boolean => UUID.test(id);

/** An event as stored. */
export interface RecordedEvent extends NewEvent {
  readonly stream: string;
  /** Place in its stream: 0, 1, 2, … without gaps. One that begins again after a deletion may go on counting instead. */
  readonly revision: number;
  readonly position: Position;
}

/** A stretch of the log, in order of position. */
export interface LogBatch {
  /** May be empty, when all there was to say is how far the log has been seen. */
  readonly events: readonly RecordedEvent[];
  /** Every event up to here has now been delivered. */
  readonly position: Position;
  /** True once the reader had caught up with the end of the log when this batch was made. */
  readonly live: boolean;
  /** Streams of the ledger of which somebody has hidden events, as a soft deletion does, and where. */
  readonly hidden?: readonly Hidden[];
}

/** A stream of which events are hidden from who reads it, and where the log says so. They are in the log all the same. */
export type Hidden = Pick<RecordedEvent, 'stream' | 'position'>;

/**
 * The reading half of the port: what projections and auditors need, also in another thread or process.
 *
 * The data and metadata of a page of the log may be parts of one text, which each of them keeps in memory: to keep one
 * for long is to copy it.
 */
export abstract class EventReader {
  /**
   * The stream's events from a revision (inclusive) to its end, in pages that are never empty. A missing stream has none.
   * @throws StoreUnavailable; StreamDamaged for one of the ledger's that somebody has deleted
   */
  abstract readStream(stream: string, from?: number): AsyncIterable<readonly RecordedEvent[]>;

  /** Does work that begins to read many streams: a store that can begin them faster together does. */
  atOnce<Result>(work: () => Result): Result {
    return work();
  }

  /** The first of the stream's events from a revision on; undefined when there is none. @throws StoreUnavailable */
  async firstFrom(stream: string, revision: number): Promise<RecordedEvent | undefined> {
    for await (const [first] of this.readStream(stream, revision)) return first;
    return undefined;
  }

  /**
   * The stream's event at a revision; undefined beyond its end.
   * @throws StoreUnavailable; StreamDamaged where it is not, but a later one is
   */
  async eventAtRevision(stream: string, revision: number): Promise<RecordedEvent | undefined> {
    const first = await this.firstFrom(stream, revision);
    if (first && first.revision !== revision)
      throw new StreamDamaged(
        `${stream}/${revision} is hidden or gone: the stream goes on at ${first.revision}`,
      );
    return first;
  }

  /** What stands at a position of the log; undefined when nothing does. @throws StoreUnavailable */
  async eventAt(position: Position): Promise<RecordedEvent | undefined> {
    for await (const [first] of this.readAll(position - 1n))
      return first?.position === position ? first : undefined;
    return undefined;
  }

  /**
   * The log after a position (exclusive) to its end as of now, in pages that are never empty.
   * @throws StoreUnavailable
   */
  abstract readAll(after: Position): AsyncIterable<readonly RecordedEvent[]>;

  /** The same, for another thread. @throws StoreUnavailable */
  async *readPacked(after: Position): AsyncIterable<PackedEvents> {
    for await (const page of this.readAll(after)) {
      const packer = new EventPacker();
      for (const event of page) packer.add(packableOf(event));
      yield packer.packed();
    }
  }

  /**
   * The log after a position (exclusive), then live, until the signal or `close` ends it. Resumes by itself after
   * a fault that may pass.
   * @throws StoreUnavailable for one that does not, such as a damaged file
   */
  abstract follow(after: Position, signal: AbortSignal): AsyncIterable<LogBatch>;

  /** The position of the log's last event, START when it has none. @throws StoreUnavailable */
  abstract head(): Promise<Position>;

  /** Lets what is in flight end, then lets go of the store. Calling it again does nothing more. */
  abstract close(): Promise<void>;
}

/**
 * The port to the log of events. It knows streams, not credits. Every adapter passes `test/contract/`.
 *
 * Failures, and no others: `RevisionConflict`, `StoreUnavailable`, `OutcomeUnknown` (errors.ts).
 */
export abstract class EventStore extends EventReader {
  /** True when no other process can append; then what this process knows of a stream is all there is to know. */
  abstract readonly exclusive: boolean;

  /** Told of the LogRestored that an append is refused with. */
  onRestored: (reason: string) => void = () => {};

  /**
   * Appends the events, at least one, to the stream as one: all or none, durable when the promise resolves.
   *
   * The same append sent again, the same ids at the same expected revision, is answered with the position of
   * the first and writes nothing: so an unknown outcome is settled by sending the append once more.
   * @param expectedRevision where the stream has to stand
   * @returns the position of the last event appended
   * @throws RevisionConflict the stream is not at the expected revision; nothing was written
   * @throws StoreUnavailable surely nothing was written; StreamDamaged, LogRestored nor ever will be
   * @throws OutcomeUnknown it may or may not have been written
   */
  abstract append(
    stream: string,
    events: readonly NewEvent[],
    expectedRevision: StreamRevision,
  ): Promise<Position>;

  /**
   * Forgets the events of a stream that is not the ledger's; for one that is missing there is nothing to do. No
   * position is ever used again. Where the store keeps copies, its documentation says when the last one is gone.
   * @throws TypeError for a stream of the ledger
   * @throws StoreUnavailable surely nothing was deleted
   * @throws OutcomeUnknown it may or may not have been; deleting again does no harm
   */
  async deleteStream(stream: string): Promise<void> {
    if (!mayBeDeleted(stream)) throw new TypeError(`${stream} is of the ledger, which is never deleted`);
    await this.erase(stream);
  }

  /** Deletes a stream that may be deleted. @throws StoreUnavailable, OutcomeUnknown */
  protected abstract erase(stream: string): Promise<void>;

  /** Resolves when the store can take appends. @throws StoreUnavailable with the reason */
  abstract check(): Promise<void>;
}

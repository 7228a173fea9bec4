import type { MessagePort } from 'node:worker_threads';
import type { Position } from '../event-store/event-store.js';

/** What the projections' thread is started with, beside the configuration. */
export interface ThreadOptions {
  /** Path of the read models' file. */
  readonly file: string;
  /** Whether a read model that does not fit the log may be emptied: only while nobody reads it. */
  readonly mayReset: boolean;
  /** Whether there is no file yet, and nobody reads it before the thread has ended: then it is built in bulk first. */
  readonly inBulk?: boolean;
  /** To the thread that moves the file's write-ahead log; one of its own by default. */
  readonly moverPort?: MessagePort;
}

/** What the thread is told: to end, that a query waits for what was just committed, or whether somebody looks. */
export type ThreadWish = 'close' | 'hurry' | 'watched' | 'unwatched';

/** The event at which a projection stopped. */
export interface StoppedProjection {
  readonly projection: string;
  readonly stream: string;
  readonly revision: number;
  readonly eventId: string;
  readonly type: string;
  readonly position: Position;
  readonly error: string;
}

export type Positions = ReadonlyMap<string, Position>;
/** An alarm is an error that counts as one. */
export type LogLevel = 'info' | 'warn' | 'error' | 'alarm';
export type LogFields = Readonly<Record<string, string | number | boolean>>;

/** What the projections' thread tells. A position is told after the commit that reached it. */
export type ThreadMessage =
  /** The file fits the log: it may be read from now on. `rows`: how far its rows are, whatever is left to do for them. */
  | { readonly kind: 'opened'; readonly positions: Positions; readonly rows: Positions }
  /** `seen`: how far the log has been read; its end, as far as known, when `live`. */
  | {
      readonly kind: 'progress';
      readonly positions: Positions;
      readonly seen: Position;
      readonly live: boolean;
      /** The streams of which events were applied since the last message; undefined when there may be very many. */
      readonly streams: readonly string[] | undefined;
    }
  /** A while after the start more than half of the log is still to come. */
  | { readonly kind: 'behind' }
  | { readonly kind: 'stopped'; readonly at: StoppedProjection }
  /** The file cannot be used and may not be emptied in place. */
  | { readonly kind: 'unusable'; readonly reason: string }
  /** The log lacks what the file holds: it was restored to an earlier state while the service ran. */
  | { readonly kind: 'restored'; readonly reason: string }
  | {
      readonly kind: 'log';
      readonly level: LogLevel;
      readonly message: string;
      readonly fields: LogFields;
    };

export type Report = (message: ThreadMessage) => void;

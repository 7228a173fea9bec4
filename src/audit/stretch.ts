import type { Position } from '../event-store/event-store.js';
import type { Finding } from './findings.js';

/** A stretch of the log that a thread is to look at: behind a position, up to another. */
export interface Stretch {
  readonly after: Position;
  readonly end: Position;
}

/**
 * What a thread has seen in a stretch of the log. Accounts and names have numbers of the thread's own, 0, 1, 2, … in the
 * order in which it tells them; so that their memory does not grow, it begins anew at times. All that is there for each
 * event comes as one array: so it takes next to no time to send.
 */
export interface StretchSeen {
  /** All of them, also those that are none of the ledger's. */
  readonly events: number;
  /** The hashes that the ledger's events bear, side by side. */
  readonly hashes: Uint8Array;
  /** The first two words of the digest of each movement's key. */
  readonly digests: Int32Array;
  /** Whether the numbers of accounts and names begin anew with this stretch. */
  readonly anew: boolean;
  /** The streams of the accounts that the thread has seen for the first time. */
  readonly streams: readonly string[];
  /** SIP accounts and currencies that it has seen for the first time. Of a SIP account's name each account has its own. */
  readonly names: readonly string[];
  readonly runs: Runs;
  readonly movements: Movements;
  readonly findings: readonly Finding[];
  /** Found beyond those. */
  readonly unlisted: number;
}

/**
 * Events of one account in a stretch, and what they have to do with those ahead of them and behind them. One whose form
 * is bad begins a run of its own if it begins any, and so does a tombstone. The nth of each is of the nth run.
 */
export interface Runs {
  readonly accounts: Uint32Array;
  /** Of the first event and the last one. */
  readonly revisions: Float64Array;
  /**
   * RUN_TEXTS of each: the id of the first event, the hash it links to and its time, null where its form is bad, then the
   * last one's hash, null for a tombstone, and the last time.
   */
  readonly texts: readonly (string | null)[];
}

export const RUN_TEXTS = 5;

/** What is to be booked, in order: the nth of each is of the nth movement. */
export interface Movements {
  /** Which of the ledger's events in the stretch it is. */
  readonly nths: Uint32Array;
  readonly accounts: Uint32Array;
  /** Place in EVENT_TYPES. */
  readonly types: Uint8Array;
  /** The SIP account or currency that it names; any number where it names none. */
  readonly names: Uint32Array;
  /** Zero where it has no amount. */
  readonly units: BigInt64Array;
}

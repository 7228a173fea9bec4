import type { Position } from '../event-store/event-store.js';
import type { Fold } from './domain/account.js';
import type { StreamHead } from './seal.js';

/** A command that was booked. */
export interface KnownCommand {
  readonly fingerprint: string;
  /** JSON text of the receipt, the same byte for byte whenever it is asked for. */
  readonly receipt: string;
  /** The log's position with the command in it. */
  readonly position: Position;
}

/** An account folded up to an event, and that event's place. */
export interface Snapshot {
  readonly account: Fold;
  /** The event itself says when it was recorded. */
  readonly head: Omit<StreamHead, 'recordedAt'>;
}

/**
 * What the write side takes from the accounts projection: the fold so far and the keys so far.
 * Both are caches of the log. Everything up to `position` is in them; what came later the writer folds itself.
 */
export abstract class AccountsIndex {
  abstract readonly position: Position;
  abstract snapshot(mainAccountId: string): Snapshot | undefined;
  abstract command(mainAccountId: string, idempotencyKey: string): KnownCommand | undefined;

  /** Does work that asks for many things and waits for none: an index that can answer them faster together does. */
  atOnce<Result>(work: () => Result): Result {
    return work();
  }
}

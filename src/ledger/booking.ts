import type { Position } from '../event-store/event-store.js';
import type { Account } from './domain/account.js';
import type { LedgerEvent } from './domain/events.js';
import type { Provenance } from './seal.js';

/** What the writer is asked: to book a command once, or, without one, what was booked with the key. */
export interface Order {
  /** The command's name, for the figures. */
  readonly type: string;
  readonly idempotencyKey: string;
  readonly command?: {
    readonly provenance: Provenance;
    readonly decide: (account: Account) => LedgerEvent;
  };
}

/** What became of a command. */
export interface Booking {
  /** JSON text of the receipt, the same byte for byte on every replay. */
  readonly receipt: string;
  readonly position: Position;
  /** True when the key was known and nothing was written. */
  readonly replayed: boolean;
}

/** The same, or why it was not booked. */
export type Outcome = PromiseSettledResult<Booking>;

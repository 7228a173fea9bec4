import type { Pool } from 'pg';

/** One AddCredit, checked. */
export interface AddCredit {
  readonly mainAccountId: string;
  readonly sipAccountId: string;
  readonly amount: string;
  readonly idempotencyKey: string;
  /** SHA-256 of the command, in PostgreSQL's notation of bytes: `\x…`. */
  readonly fingerprint: string;
}

/** What the database said: `booked` and `replayed` come with all the figures, a refusal with what it knows. */
export interface Outcome {
  readonly outcome:
    | 'booked'
    | 'replayed'
    | 'idempotency-key-reused'
    | 'main-account-not-found'
    | 'sip-account-not-found'
    | 'insufficient-credit';
  readonly event_id: string | null;
  readonly revision: string | null;
  readonly recorded_at: Date | null;
  readonly main_available: string | null;
  readonly sips_available: string | null;
  readonly sip_available: string | null;
}

/** A way of keeping the ledger in PostgreSQL. */
export type Book = (command: AddCredit) => Promise<Outcome>;
export type Peer = (pool: Pool) => Book;

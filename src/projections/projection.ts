import type { RecordedEvent } from '../event-store/event-store.js';
import type { Connection } from '../sqlite/database.js';
import type { LogEntry } from './log-entry.js';

/** A read model that is derived from the log: its tables, and what an event does to them. */
export interface Projection {
  readonly name: string;
  /** Raised whenever the tables or what is written to them change: the projection is then rebuilt. */
  readonly schema: number;
  /** The tables it owns; a rebuild drops them. */
  readonly tables: readonly string[];
  /** Whether they hold personal data: what is dropped is then overwritten. */
  readonly personal?: boolean;
  /** SQL that creates them, with their indexes. */
  readonly ddl: string;
  /** @returns what writes the rows; called once, when the tables are there */
  open(db: Connection): ProjectionWriter;
}

/**
 * Writes the rows of a projection. What it is given runs in a transaction that also holds the checkpoint.
 * Rows may be held back until `flush`, so that an account touched by many events of a batch is written once.
 */
export interface ProjectionWriter {
  /** An event of the ledger. @throws any error; the projection then stops at this event */
  apply?(entry: LogEntry): void;
  /** An event of a stream that is none of the ledger's. @throws as `apply` does */
  applyOther?(recorded: RecordedEvent): void;
  /** Writes what was held back; the transaction commits right after. */
  flush(): void;
  /**
   * Called after a commit. @returns false when something is still to be done for what was committed: the position is
   * then not told yet, and this is called again a little later
   */
  finish?(): boolean;
  /** Drops all that is held in memory: the transaction was rolled back. */
  forget(): void;
}

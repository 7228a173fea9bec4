import { LRUCache } from 'lru-cache';
import { query, type Connection, type Statement } from '../../sqlite/database.js';

/**
 * Streams whose end is kept in memory: their appends need no look into the file. Far more than the rows that
 * one statement gathers, for until they are flushed only memory knows where their streams end.
 */
export const STREAMS_IN_MEMORY = 10_000;

/** A stream's number and the revision of its last event, -1 when it has none. */
interface StreamEnd {
  readonly number: number;
  readonly revision: number;
}

/** Where the streams end: from memory for those that were written last, else from the file. */
export class StreamEnds {
  private readonly known = new LRUCache<string, StreamEnd>({ max: STREAMS_IN_MEMORY });
  private readonly find: Statement<[number, number | null]>;
  private readonly insert: Statement<[number]>;

  constructor(db: Connection) {
    this.find = query(
      db,
      `SELECT number, (SELECT max(revision) FROM events WHERE stream = number) FROM streams WHERE name = ?`,
    );
    this.insert = query(db, 'INSERT INTO streams (name) VALUES (?) RETURNING number');
  }

  /** Undefined for a stream that has no number yet. */
  of(stream: string): StreamEnd | undefined {
    const known = this.known.get(stream);
    if (known) return known;
    const row = this.find.get(stream);
    if (!row) return undefined;
    const end = { number: row[0], revision: row[1] ?? -1 };
    this.known.set(stream, end);
    return end;
  }

  /** @returns the number of a stream that had none */
  begin(stream: string): number {
    return this.insert.get(stream)![0];
  }

  move(stream: string, end: StreamEnd): void {
    this.known.set(stream, end);
  }

  forget(stream: string): void {
    this.known.delete(stream);
  }

  /** The transaction was rolled back. */
  forgetAll(): void {
    this.known.clear();
  }
}

import type { NewEvent } from '../event-store.js';
import type { Command, Connection } from './database.js';
import { idBytes } from './event-id.js';

/** Rows a statement carries, the most first: a call costs as much as binding the values of two rows. */
const SIZES = [16, 4, 1] as const;
const COLUMNS = 7;

type Value = number | string | Uint8Array;

/** Gathers rows of a transaction for the table of events, and inserts many with one statement. */
export class EventRows {
  private readonly inserts: readonly { readonly values: number; readonly insert: Command }[];
  /** Row after row. */
  private values: Value[] = [];

  constructor(db: Connection) {
    this.inserts = SIZES.map((rows) => {
      const all = Array<string>(rows).fill('(?, ?, ?, ?, ?, ?, ?)').join(', ');
      return { values: rows * COLUMNS, insert: db.prepare(`INSERT INTO events VALUES ${all}`) };
    });
  }

  add(position: number, stream: number, revision: number, { id, type, data, metadata }: NewEvent): void {
    this.values.push(position, stream, revision, idBytes(id), type, data, metadata);
  }

  /** Inserts what was added. Until then no statement sees it. */
  flush(): void {
    const { values } = this;
    this.values = [];
    let at = 0;
    for (const { values: step, insert } of this.inserts)
      for (; at + step <= values.length; at += step) insert.run(...values.slice(at, at + step));
  }

  forget(): void {
    this.values = [];
  }
}

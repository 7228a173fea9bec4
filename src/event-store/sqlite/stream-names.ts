import { query, type Connection, type Statement } from '../../sqlite/database.js';

/** The names of streams by their numbers. Each is read once, so memory grows with the streams. */
export class StreamNames {
  private readonly known = new Map<number, string>();
  private readonly name: Statement<[string]>;

  constructor(db: Connection) {
    // As hexadecimal, for the driver cuts a text at a zero.
    this.name = query(db, 'SELECT hex(name) FROM streams WHERE number = ?');
  }

  /** Undefined for one that there is not, or that somebody has given two. @throws what SQLite throws */
  of(number: number): string | undefined {
    const known = this.known.get(number);
    if (known !== undefined) return known;
    const [row, another] = this.name.all(number);
    if (!row || another) return undefined;
    const name = Buffer.from(row[0], 'hex').toString();
    this.known.set(number, name);
    return name;
  }
}

import { query, type Connection, type Statement } from '../../sqlite/database.js';

/** Names that are kept, some 2 MB at most. To read one again takes little longer than to read it with its event. */
const MOST = 20_000;

/** The names of streams by their numbers. Each is read once, where there are not very many. */
export class StreamNames {
  private readonly known = new Map<number, string>();
  private readonly name: Statement<[string]>;

  constructor(
    db: Connection,
    private readonly most = MOST,
  ) {
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
    if (this.known.size === this.most) this.known.clear();
    this.known.set(number, name);
    return name;
  }
}

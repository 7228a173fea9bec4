import { query, type Connection, type Statement } from '../../sqlite/database.js';
import type { RecordedEvent } from '../event-store.js';
import { idText } from './event-id.js';
import type { StreamNames } from './stream-names.js';

/** Events a page holds at most: its text is to stay small enough for the engine to collect it as it does any other. */
export const PACKED_PAGE = 100;

const FIELDS = ['position', 'stream', 'revision', 'lower(hex(id))', 'type', 'data', 'metadata'];
const END = '\n';

/** Types of events that are kept. The ledger has five. */
const MOST_KEPT = 8;

type Pack = [rows: number, packed: number, bytes: number | null, text: string | null];

/**
 * Reads pages of events, each as one text, in two thirds of the time: most of it the driver takes to hand over values.
 * The texts of the events are parts of that one, and keep all of it, so this is for who looks at an event and lets it go.
 */
export class PackedPages {
  private readonly pack: Statement<Pack>;
  /** Of the events, the first few that came. */
  private readonly types: string[] = [];

  /** @param condition which events, in ascending order of their positions: WHERE and ORDER BY, in SQL */
  constructor(
    db: Connection,
    condition: string,
    private readonly names: StreamNames,
  ) {
    const packed = FIELDS.map((field) => `${field} || char(10)`).join(' || ');
    this.pack = query(
      db,
      `SELECT count(*), count(packed), octet_length(group_concat(packed, '')), group_concat(packed, '')
         FROM (SELECT ${packed} AS packed FROM events ${condition} LIMIT ${PACKED_PAGE})`,
    );
  }

  /** Undefined where that text does not tell for certain what is in the file. @throws what SQLite throws */
  read(...parameters: (number | bigint)[]): RecordedEvent[] | undefined {
    const [rows, packed, bytes, text] = this.pack.get(...parameters)!;
    if (rows === 0) return [];
    // Of a row with a value that is none, nothing is packed. The driver cuts a text at a zero.
    if (packed !== rows || text === null || text.length !== bytes) return undefined;
    return this.unpacked(rows, new Fields(text));
  }

  private unpacked(rows: number, fields: Fields): RecordedEvent[] | undefined {
    const events: RecordedEvent[] = [];
    let last = 0;
    for (let row = 0; row < rows; row++) {
      const position = fields.number();
      const stream = this.names.of(fields.number());
      const revision = fields.number();
      // SQLite promises no order to what is put together.
      if (!(position > last) || stream === undefined || Number.isNaN(revision)) return undefined;
      const id = idText(fields.next());
      const type = fields.nextOf(this.types);
      const [data, metadata] = [fields.next(), fields.next()];
      events.push({ id, type, data, metadata, stream, revision, position: BigInt(position) });
      last = position;
    }
    // One that has an end within itself makes more of them than there are.
    return fields.atEnd ? events : undefined;
  }
}

/** The fields of a text, one after the other, each with its end. */
class Fields {
  private at = 0;

  constructor(private readonly text: string) {}

  get atEnd(): boolean {
    return this.at === this.text.length;
  }

  next(): string {
    const from = this.at;
    const end = this.text.indexOf(END, from);
    this.at = end + 1;
    return this.text.slice(from, end);
  }

  /** The next one as it is kept in a list of a few: one that is cut out takes longer to compare with anything. */
  nextOf(kept: string[]): string {
    for (const field of kept)
      if (this.isNext(field)) {
        this.at += field.length + 1;
        return field;
      }
    // Of the names of members the engine has one each, wherever they stand.
    const [field = ''] = Object.keys({ [this.next()]: 0 });
    if (kept.length < MOST_KEPT) kept.push(field);
    return field;
  }

  /** NaN for one that is no whole number of 0 or more, or too large to be exact. An empty one is 0, as SQLite has it. */
  number(): number {
    const { text } = this;
    let number = 0;
    for (;;) {
      const digit = text.charCodeAt(this.at++) - ZERO;
      if (digit >= 0 && digit <= 9) number = 10 * number + digit;
      else return digit === END_CODE - ZERO && Number.isSafeInteger(number) ? number : NaN;
    }
  }

  private isNext(field: string): boolean {
    const { text, at } = this;
    for (let n = 0; n < field.length; n++) if (text.charCodeAt(at + n) !== field.charCodeAt(n)) return false;
    return text.charCodeAt(at + field.length) === END_CODE;
  }
}

const [ZERO, END_CODE] = ['0'.charCodeAt(0), END.charCodeAt(0)] as const;

import { query, type Connection, type Statement } from '../../sqlite/database.js';
import { resultCode } from '../../sqlite/result-code.js';
import type { RecordedEvent } from '../event-store.js';
import { idText } from './event-id.js';

/** Events a page holds at most. Reading one takes a few milliseconds, and the event loop turns between two. */
export const PAGE = 500;

type Row = [
  position: number,
  stream: string,
  revision: number,
  id: string,
  type: string,
  data: string,
  metadata: string,
  bytes: number,
];

type HexRow = [number, string, number, string, string, string, string];

const JOINED = 'FROM events JOIN streams ON number = stream';

// An id as a blob would come as a buffer of its own, which costs as much as all other columns together.
const COLUMNS = `position, name, revision, lower(hex(id)), type, data, metadata,
  octet_length(name) + octet_length(type) + octet_length(data) + octet_length(metadata)`;

const clamped = (number: string): string =>
  `max(-1, min(ifnull(CAST(${number} AS INTEGER), -1), ${Number.MAX_SAFE_INTEGER}))`;

// What somebody may have put there, whatever it is.
const HEX_COLUMNS = `${clamped('position')}, hex(name), ${clamped('revision')}, lower(hex(id)), hex(type),
  hex(data), hex(metadata)`;

/** Reads pages of events by one condition. */
export class EventPages {
  private readonly rows: Statement<Row>;
  private readonly hexRows: Statement<HexRow>;

  /** @param condition which events, in what order: WHERE and ORDER BY, in SQL */
  constructor(db: Connection, condition: string) {
    this.rows = query(db, `SELECT ${COLUMNS} ${JOINED} ${condition} LIMIT ${PAGE}`);
    this.hexRows = query(db, `SELECT ${HEX_COLUMNS} ${JOINED} ${condition} LIMIT ${PAGE}`);
  }

  /**
   * Where a text comes shorter than it is in the file, since the driver cuts it at a zero, or a value is of another
   * kind than the schema says, the page is read again in a form that holds everything.
   * @throws what SQLite throws
   */
  read(...parameters: (number | bigint | string)[]): RecordedEvent[] {
    try {
      const events = this.recorded(this.rows.all(...parameters));
      if (events) return events;
    } catch (error) {
      // A number that is too large is not SQLite's error, but the driver's.
      if (resultCode(error) !== undefined) throw error;
    }
    return this.hexRows.all(...parameters).map(recordedFromHex);
  }

  /** Undefined when a row is not all that is in the file. */
  private recorded(rows: readonly Row[]): RecordedEvent[] | undefined {
    const events: RecordedEvent[] = [];
    for (const row of rows) {
      if (!isWhole(row)) return undefined;
      events.push(recorded(row));
    }
    return events;
  }
}

const isText = (value: unknown): value is string => typeof value === 'string';

function isWhole([, name, revision, , type, data, metadata, bytes]: Row): boolean {
  // One by one: a list of them would be made for every event that is read.
  if (typeof revision !== 'number' || !isText(name) || !isText(type)) return false;
  if (!isText(data) || !isText(metadata)) return false;
  // Nearly all of them are ASCII.
  if (name.length + type.length + data.length + metadata.length === bytes) return true;
  return Buffer.byteLength(name + type + data + metadata) === bytes;
}

const recorded = ([position, stream, revision, id, type, data, metadata]: Row | HexRow): RecordedEvent => ({
  id: idText(id),
  type,
  data,
  metadata,
  stream,
  revision,
  position: BigInt(position),
});

const recordedFromHex = ([position, stream, revision, id, ...texts]: HexRow): RecordedEvent => {
  const [name, type, data, metadata] = [stream, ...texts].map((hex) =>
    Buffer.from(hex, 'hex').toString(),
  ) as [string, string, string, string];
  return recorded([position, name, revision, id, type, data, metadata]);
};

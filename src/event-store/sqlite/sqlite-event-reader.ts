import { existsSync, realpathSync } from 'node:fs';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { StoreUnavailable } from '../errors.js';
import { EventReader, type LogBatch, type Position, type RecordedEvent } from '../event-store.js';
import { COLUMN_PAGE, eventsOfPage, type ColumnPage } from './column-page.js';
import { CommitListener } from './commit-bell.js';
import { openReadOnly, query, type Connection, type Query } from './database.js';
import { idText } from './event-id.js';
import { resultCode, unavailable } from './failure.js';
import { checkSchema, ERASED } from './schema.js';

/** Events a page holds at most. Reading one takes a few milliseconds, and the event loop turns between two. */
const PAGE = 500;
/** Positions that a page of a part goes on by for each part there is. With more it leaves the processor's cache. */
const PART_STEP = 100;
/** Pause after a fault before a follower tries again, in milliseconds. */
const FAULT_PAUSE_MS = 500;
/** SQLITE_CORRUPT and SQLITE_NOTADB: trying again does not mend a file. */
const LASTING = new Set([11, 26]);

type Row = [number, string, number, string, string, string, string];

// A blob would come as a buffer of its own, which costs as much as all other columns together.
const COLUMNS = 'position, name, revision, lower(hex(id)), type, data, metadata';

type HexRow = [number, number, number, string, string, string, string];

// Whatever somebody has put there: at a text that is no UTF-8 the driver ends the process.
const HEX_COLUMNS = 'position, stream, revision, lower(hex(id)), hex(type), hex(data), hex(metadata)';

/** Every so many-th stream, `index` being the first: together all parts of the same number hold each event once. */
export interface Part {
  readonly index: number;
  readonly of: number;
}

/** The reading half of the log, on a read-only connection of its own: in any thread or process, while it is written. */
export class SqliteEventReader extends EventReader {
  private readonly closed = new AbortController();
  private readonly streamPage: Query<Row>;
  private readonly logPage: Query<Row>;
  private readonly partColumns: Query<ColumnPage | [null]>;
  private readonly partRows: Query<HexRow>;
  private readonly streamName: Query<[string]>;
  /** A stream keeps its number for ever, and its name as long as it has events. */
  private readonly streamNames = new Map<number, string>();
  private readonly lastPosition: Query<[number | null]>;

  private constructor(
    private readonly file: string,
    private readonly db: Connection,
  ) {
    super();
    this.streamPage = query(
      db,
      `SELECT ${COLUMNS} FROM streams JOIN events ON stream = number
       WHERE name = ? AND revision >= ? ORDER BY revision LIMIT ${PAGE}`,
    );
    this.logPage = query(
      db,
      `SELECT ${COLUMNS} FROM events JOIN streams ON number = stream
       WHERE position > ? AND position <= ? ORDER BY position LIMIT ${PAGE}`,
    );
    const part = 'position > ? AND position <= ? AND abs(stream % ?) = ? ORDER BY position';
    this.partColumns = query(db, `SELECT ${COLUMN_PAGE} FROM (SELECT * FROM events WHERE ${part})`);
    this.partRows = query(db, `SELECT ${HEX_COLUMNS} FROM events WHERE ${part}`);
    this.streamName = query(db, 'SELECT hex(name) FROM streams WHERE number = ?');
    this.lastPosition = query(db, 'SELECT max(position) FROM events');
  }

  /** @throws StoreUnavailable when there is no such log, or it cannot be read */
  static open(file: string): SqliteEventReader {
    if (!existsSync(file))
      throw new StoreUnavailable(`${file} does not exist: start the service once to make it`);
    try {
      const db = openReadOnly(file);
      db.exec('PRAGMA busy_timeout = 5000');
      checkSchema(db);
      return new SqliteEventReader(realpathSync(file), db);
    } catch (error) {
      throw unavailable(file, error);
    }
  }

  async *readStream(stream: string, from = 0): AsyncGenerator<readonly RecordedEvent[], void> {
    let next = from;
    for (;;) {
      const page = this.read(() => this.streamPage.all(stream, next)).map(recorded);
      if (page.length > 0) yield page;
      if (page.length < PAGE) return;
      next = page.at(-1)!.revision + 1;
      await nextTurn();
    }
  }

  async *readAll(after: Position): AsyncGenerator<readonly RecordedEvent[], void> {
    const end = await this.head();
    for (let position = after; position < end; await nextTurn()) {
      const page = this.pageAfter(position, end);
      if (page.length === 0) return;
      const events = page.filter(isThere);
      if (events.length > 0) yield events;
      position = page.at(-1)!.position;
    }
  }

  /**
   * A part of the log after a position (exclusive) up to another, in order, in pages that are never empty. Several
   * threads read a log together so: what is another's part costs next to nothing. Each text keeps those of its page
   * in memory.
   * @throws StoreUnavailable
   */
  async *readPart(part: Part, after: Position, until: Position) {
    // Each page of the file comes by once: those that were kept would only push what is at work out of the cache.
    this.read(() => this.db.exec('PRAGMA cache_size = -128'));
    const end = Number(until);
    const step = PART_STEP * part.of;
    for (let from = Number(after); from < end; from += step, await nextTurn()) {
      const events = this.read(() => this.partBetween(part, from, Math.min(from + step, end)));
      if (events.length > 0) yield events;
    }
  }

  async *follow(after: Position, signal: AbortSignal): AsyncGenerator<LogBatch, void> {
    const until = AbortSignal.any([signal, this.closed.signal]);
    const listener = new CommitListener(this.file);
    let position = after;
    let live = false;
    try {
      while (!until.aborted) {
        const page = await this.pageWhenReadable(position, until);
        const caughtUp = page.length < PAGE;
        position = page.at(-1)?.position ?? position;
        if (page.length > 0 || live !== caughtUp)
          yield { events: page.filter(isThere), position, live: caughtUp };
        live = caughtUp;
        await (caughtUp ? listener.heard(until) : nextTurn());
      }
    } finally {
      listener.close();
    }
  }

  async head(): Promise<Position> {
    return BigInt(this.read(() => this.lastPosition.get())?.[0] ?? 0);
  }

  async close(): Promise<void> {
    if (this.closed.signal.aborted) return;
    this.closed.abort();
    this.db.close();
  }

  /** A page of the log, erased events too; when a fault that may pass is in the way, after it has passed. Empty on abort. */
  private async pageWhenReadable(after: Position, until: AbortSignal): Promise<readonly RecordedEvent[]> {
    while (!until.aborted)
      try {
        return this.pageAfter(after);
      } catch (error) {
        if (error instanceof StoreUnavailable && LASTING.has(resultCode(error.cause) ?? 0)) throw error;
        await delay(FAULT_PAUSE_MS, undefined, { signal: until }).catch(() => undefined);
      }
    return [];
  }

  private pageAfter(after: Position, end: Position = BigInt(Number.MAX_SAFE_INTEGER)): RecordedEvent[] {
    return this.read(() => this.logPage.all(Number(after), Number(end))).map(recorded);
  }

  private partBetween({ index, of }: Part, after: number, until: number): readonly RecordedEvent[] {
    const page = this.partColumns.get(after, until, of, index);
    if (!isFilled(page)) return [];
    const events = eventsOfPage(page, (number) => this.nameOf(number));
    if (events) return events;
    const rows = this.partRows.all(after, until, of, index);
    return rows.flatMap(([position, stream, revision, id, ...texts]) => {
      const name = this.nameOf(stream);
      const [type, data, metadata] = texts.map(fromHex) as [string, string, string];
      return name === undefined || type === ERASED
        ? []
        : [recorded([position, name, revision, id, type, data, metadata])];
    });
  }

  private nameOf(stream: number): string | undefined {
    const known = this.streamNames.get(stream);
    if (known !== undefined) return known;
    const hex = this.streamName.get(stream)?.[0];
    if (hex === undefined) return undefined;
    const name = fromHex(hex);
    this.streamNames.set(stream, name);
    return name;
  }

  private read<T>(run: () => T): T {
    if (this.closed.signal.aborted) throw new StoreUnavailable(`${this.file} has been closed`);
    try {
      return run();
    } catch (error) {
      throw unavailable(this.file, error);
    }
  }
}

const isFilled = (page: ColumnPage | [null] | undefined): page is ColumnPage => typeof page?.[0] === 'string';

const fromHex = (hex: string): string => Buffer.from(hex, 'hex').toString();

const isThere = ({ type }: RecordedEvent): boolean => type !== ERASED;

const recorded = ([position, stream, revision, id, type, data, metadata]: Row): RecordedEvent => ({
  id: idText(id),
  type,
  data,
  metadata,
  stream,
  revision,
  position: BigInt(position),
});

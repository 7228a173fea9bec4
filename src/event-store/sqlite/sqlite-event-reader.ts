import { existsSync, realpathSync } from 'node:fs';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { StoreUnavailable } from '../errors.js';
import { EventReader, type LogBatch, type Position, type RecordedEvent } from '../event-store.js';
import { CommitListener } from './commit-bell.js';
import { openReadOnly, query, type Connection, type Query } from './database.js';
import { idText } from './event-id.js';
import { resultCode, unavailable } from './failure.js';
import { checkSchema, ERASED } from './schema.js';

/** Events a page holds at most. Reading one takes a few milliseconds, and the event loop turns between two. */
const PAGE = 500;
/** Pause after a fault before a follower tries again, in milliseconds. */
const FAULT_PAUSE_MS = 500;
/** SQLITE_CORRUPT and SQLITE_NOTADB: trying again does not mend a file. */
const LASTING = new Set([11, 26]);

type Row = [number, string, number, string, string, string, string];

// A blob would come as a buffer of its own, which costs as much as all other columns together.
const COLUMNS = 'position, name, revision, lower(hex(id)), type, data, metadata';

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
  private readonly partPage: Query<Row>;
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
    this.partPage = query(
      db,
      `SELECT ${COLUMNS} FROM events JOIN streams ON number = stream
       WHERE position > ? AND position <= ? AND stream % ? = ? ORDER BY position LIMIT ${PAGE}`,
    );
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
   * threads read a log together so: what is another's part costs next to nothing.
   * @throws StoreUnavailable
   */
  async *readPart({ index, of }: Part, after: Position, until: Position) {
    for (let position = Number(after); ; await nextTurn()) {
      const page = this.read(() => this.partPage.all(position, Number(until), of, index));
      const events = page.map(recorded).filter(isThere);
      if (events.length > 0) yield events;
      if (page.length < PAGE) return;
      position = page.at(-1)![0];
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

  private read<T>(run: () => T): T {
    if (this.closed.signal.aborted) throw new StoreUnavailable(`${this.file} has been closed`);
    try {
      return run();
    } catch (error) {
      throw unavailable(this.file, error);
    }
  }
}

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

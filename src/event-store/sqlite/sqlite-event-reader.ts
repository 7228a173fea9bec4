import { existsSync, realpathSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openReadOnly, query, type Connection, type Statement } from '../../sqlite/database.js';
import { ReadTransaction } from '../../sqlite/read-transaction.js';
import { StoreUnavailable } from '../errors.js';
import { EventReader, START, type LogBatch, type Position, type RecordedEvent } from '../event-store.js';
import { EventPages, PAGE } from './event-pages.js';
import { unavailable } from './failure.js';
import { followLog } from './follow-log.js';
import { PACKED_PAGE, PackedPages } from './packed-pages.js';
import { checkSchema, isThere } from './schema.js';
import { StreamNames } from './stream-names.js';

/** The last position there is: an event that somebody has put further out is read as if it stood here. */
const LAST = BigInt(Number.MAX_SAFE_INTEGER);
const LARGEST = 2n ** 63n - 1n;

/** The reading half of the log, on a read-only connection of its own: in any thread or process, while it is written. */
export class SqliteEventReader extends EventReader {
  private readonly closed = new AbortController();
  private readonly transaction: ReadTransaction;
  private readonly ofStream: EventPages;
  private readonly ofLog: EventPages;
  private readonly packed: PackedPages;
  private readonly lastPosition: Statement<[number | null]>;
  private readonly nextPosition: Statement<[number]>;

  private constructor(
    private readonly file: string,
    private readonly db: Connection,
  ) {
    super();
    this.transaction = new ReadTransaction(db);
    this.ofStream = new EventPages(db, 'WHERE name = ? AND revision >= ? ORDER BY revision');
    const stretch = 'WHERE position > ? AND position <= ? ORDER BY position';
    this.ofLog = new EventPages(db, stretch);
    this.packed = new PackedPages(db, stretch, new StreamNames(db));
    this.lastPosition = query(db, `SELECT min(max(position), ${LAST}) FROM events`);
    this.nextPosition = query(
      db,
      `SELECT min(position, ${LAST}) FROM events WHERE position > ? ORDER BY position LIMIT 1`,
    );
  }

  /** @throws StoreUnavailable when there is no such log, or it cannot be read */
  static open(file: string): SqliteEventReader {
    if (!existsSync(file))
      throw new StoreUnavailable(`${file} does not exist: start the service once to make it`);
    let db: Connection | undefined;
    try {
      db = openReadOnly(file);
      checkSchema(db);
      return new SqliteEventReader(realpathSync(file), db);
    } catch (error) {
      db?.close();
      throw unavailable(file, error);
    }
  }

  async *readStream(stream: string, from = 0): AsyncGenerator<readonly RecordedEvent[], void> {
    let next = from;
    for (;;) {
      const page = this.read(() => this.ofStream.read(stream, next));
      if (page.length > 0) yield page;
      if (page.length < PAGE) return;
      next = page.at(-1)!.revision + 1;
      await nextTurn();
    }
  }

  async *readAll(after: Position): AsyncGenerator<readonly RecordedEvent[], void> {
    yield* this.pages(after, await this.head());
  }

  /** The log after a position (exclusive) up to another, in pages that are never empty. @throws StoreUnavailable */
  readStretch(after: Position, until: Position): AsyncGenerator<readonly RecordedEvent[], void> {
    // Each page of the file comes by once: those that were kept would only push what is at work out of the cache.
    this.read(() => this.db.exec('PRAGMA cache_size = -128'));
    return this.pages(after, until);
  }

  follow(after: Position, signal: AbortSignal): AsyncGenerator<LogBatch, void> {
    const until = AbortSignal.any([signal, this.closed.signal]);
    return followLog(this.file, (position) => this.pageAfter(position), after, until);
  }

  async head(): Promise<Position> {
    return BigInt(this.read(() => this.lastPosition.get())?.[0] ?? 0);
  }

  override atOnce<Result>(work: () => Result): Result {
    return this.closed.signal.aborted ? work() : this.transaction.atOnce(work);
  }

  /** The position of the first event after a position, erased or not; undefined at the end. @throws StoreUnavailable */
  positionAfter(position: Position): Position | undefined {
    const row = this.read(() => this.nextPosition.get(bound(position)));
    return row && BigInt(row[0]);
  }

  async close(): Promise<void> {
    if (this.closed.signal.aborted) return;
    this.closed.abort();
    this.db.close();
  }

  private async *pages(after: Position, until: Position): AsyncGenerator<readonly RecordedEvent[], void> {
    for (let position = after; ; await nextTurn()) {
      const page = this.pageAfter(position, until);
      const events = page.filter(isThere);
      if (events.length > 0) yield events;
      const last = page.at(-1)?.position;
      // It stands still where more events than a page holds have been put beyond the last position.
      if (page.length < PACKED_PAGE || last === undefined || last === position) return;
      position = last;
    }
  }

  /** Erased events too. One that is not the last has PACKED_PAGE at least. */
  private pageAfter(after: Position, until: Position = LAST): RecordedEvent[] {
    const stretch = [above(after), bound(until)] as const;
    return this.read(() =>
      // Else a transaction for each name of a stream that is not known yet.
      this.transaction.atOnce(() => this.packed.read(...stretch) ?? this.ofLog.read(...stretch)),
    );
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

/** The log begins at 1. What somebody has put ahead of that is the first to be read. */
const above = (after: Position): number => (after === START ? -Number.MAX_VALUE : Number(after));

const bound = (until: Position): number | bigint => (until >= LAST ? LARGEST : Number(until));

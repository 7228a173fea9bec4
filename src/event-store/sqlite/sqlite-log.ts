import { BulkInsert } from '../../sqlite/bulk-insert.js';
import {
  cutWriteAheadLog,
  openDatabase,
  query,
  value,
  waitingAtMost,
  type Connection,
  type Statement,
} from '../../sqlite/database.js';
import { resultCode, SQLITE_IOERR } from '../../sqlite/result-code.js';
import { LAST_RESORT_PAGES, moveRest } from '../../sqlite/wal-mover.js';
import type { NewEvent } from '../event-store.js';
import { idBytes } from './event-id.js';
import { explain } from './failure.js';
import { FilePlace } from './file-place.js';
import type { AppendRequest, AppendResult } from './messages.js';
import { checkSchema, createSchema, ERASED } from './schema.js';
import { StreamEnds } from './stream-ends.js';

/** A probe takes room like a large append, so that a full disk shows. */
const PROBE_BYTES = 32_768;
/** How long other programs are waited for while appends wait too. */
const HASTE_MS = 1000;

/** The writing half of the log: one connection, plain and synchronous. */
export class SqliteLog {
  private readonly ends: StreamEnds;
  /** Position of the last event; undefined when it has to be read from the file. */
  private last: number | undefined;
  private fault: string | undefined;
  private readonly place: FilePlace;
  private readonly begin: Statement;
  private readonly commit: Statement;
  private readonly rows: BulkInsert;
  private readonly blank: Statement;
  private readonly unname: Statement;
  private readonly findIds: Statement<[Uint8Array, number]>;

  private constructor(
    private readonly file: string,
    private readonly db: Connection,
  ) {
    this.place = new FilePlace(file);
    this.ends = new StreamEnds(db);
    this.begin = db.prepare('BEGIN IMMEDIATE');
    this.commit = db.prepare('COMMIT');
    this.rows = new BulkInsert(db, 'events', 'position, stream, revision, id, type, data, metadata');
    this.findIds = query(
      db,
      `SELECT id, position FROM events JOIN streams ON number = stream
       WHERE name = ? AND revision > ? ORDER BY revision LIMIT ?`,
    );
    this.blank = db.prepare(
      `UPDATE events SET type = '${ERASED}', data = '', metadata = ''
       WHERE stream = (SELECT number FROM streams WHERE name = ?)`,
    );
    this.unname = db.prepare(`UPDATE streams SET name = '$erased-' || number WHERE name = ?`);
  }

  /** Opens the log, makes it when it is missing, and shows that it can be written. @throws what SQLite throws */
  static open(file: string, connect: (path: string) => Connection = openDatabase): SqliteLog {
    const db = connect(file);
    try {
      createSchema(db);
      checkSchema(db);
      // Of a log from before docs/adr/0015.
      db.exec('DROP INDEX IF EXISTS causes');
      // FULL: a commit is on disk before it is answered.
      db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
        PRAGMA wal_autocheckpoint = ${LAST_RESORT_PAGES};
        PRAGMA journal_size_limit = 134217728; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -16384;
        PRAGMA secure_delete = ON`);
      const log = new SqliteLog(file, db);
      log.writeProbe();
      return log;
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /**
   * Appends all requests in one transaction, each all or none: a conflict of one does not touch the others.
   * @returns one result a request, in their order
   */
  appendAll(requests: readonly AppendRequest[]): AppendResult[] {
    let results: AppendResult[] = [];
    let committing = false;
    try {
      this.place.check();
      this.begin.run();
      this.last ??= Number(value(this.db, 'SELECT max(position) FROM events') ?? 0);
      results = requests.map((request) => this.append(request));
      this.rows.flush();
      committing = true;
      this.commit.run();
      this.fault = undefined;
      return results;
    } catch (error) {
      this.rollBack();
      this.fault = explain(this.file, error);
      // When the last sync of a commit fails, a crash may still bring its events back. A full disk never wrote them.
      const kind = committing && resultCode(error) === SQLITE_IOERR ? 'unknown' : 'unavailable';
      const reason = this.fault;
      return requests.map((_, at) => ({
        kind: typeof results[at] === 'number' ? kind : 'unavailable',
        reason,
      }));
    }
  }

  /**
   * Empties a stream's events where they stand, so that their positions stay taken, under a name that nobody has
   * asked for. What stood there is overwritten in the file and cut from the write-ahead log.
   * @returns why it may not all be gone; undefined when it is
   */
  erase(stream: string): string | undefined {
    this.ends.forget(stream);
    try {
      this.place.check();
      this.begin.run();
      this.blank.run(stream);
      this.unname.run(stream);
      this.commit.run();
      this.fault = undefined;
      return cutWriteAheadLog(HASTE_MS, this.db)
        ? undefined
        : `${this.file} is being read, by a backup perhaps: delete again`;
    } catch (error) {
      this.rollBack();
      return (this.fault = explain(this.file, error));
    }
  }

  /** @returns why the log cannot be written; undefined when it can */
  check(): string | undefined {
    try {
      this.place.check();
      if (this.fault !== undefined) waitingAtMost(HASTE_MS, this.db, () => this.writeProbe());
      this.fault = undefined;
    } catch (error) {
      this.rollBack();
      this.fault = explain(this.file, error);
    }
    return this.fault;
  }

  /** Moves the little that is left of the write-ahead log into the file, so that it begins anew. */
  moveRest(): void {
    moveRest(this.db);
  }

  /** Moves what the write-ahead log holds into the file, then lets go of it. */
  close(): void {
    try {
      cutWriteAheadLog(HASTE_MS, this.db);
    } catch {
      // What cannot be moved now stays where it is, as safe as before, and is moved after the next start.
    }
    this.db.close();
  }

  private append({ stream, events, expectedRevision }: AppendRequest): AppendResult {
    const end = this.ends.of(stream);
    const expected = expectedRevision === 'no-stream' ? -1 : expectedRevision;
    const revision = end?.revision ?? -1;
    if (revision !== expected) {
      const position = this.findEarlier(stream, events, expected);
      if (position !== undefined) return position;
      return { kind: 'conflict', actualRevision: revision < 0 ? 'no-stream' : revision };
    }
    return this.insert(stream, end?.number ?? this.ends.begin(stream), revision, events);
  }

  private insert(stream: string, number: number, revision: number, events: readonly NewEvent[]): number {
    for (const { id, type, data, metadata } of events)
      this.rows.add((this.last! += 1), number, ++revision, idBytes(id), type, data, metadata);
    this.ends.move(stream, { number, revision });
    return this.last!;
  }

  /** The position of the last of the events if just these were appended at this place before. */
  private findEarlier(stream: string, events: readonly NewEvent[], expected: number): number | undefined {
    this.rows.flush();
    const found = this.findIds.all(stream, expected, events.length);
    const same =
      found.length === events.length && found.every(([id], at) => idBytes(events[at]!.id).equals(id));
    return same ? found.at(-1)?.[1] : undefined;
  }

  private writeProbe(): void {
    this.db.exec(
      `BEGIN IMMEDIATE; INSERT INTO probe VALUES (zeroblob(${PROBE_BYTES})); DELETE FROM probe; COMMIT`,
    );
  }

  private rollBack(): void {
    this.rows.forget();
    this.ends.forgetAll();
    this.last = undefined;
    try {
      this.db.exec('ROLLBACK');
    } catch {
      // SQLite has rolled back by itself.
    }
  }
}

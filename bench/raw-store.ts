import { readFileSync } from 'node:fs';
import {
  openDatabase,
  openReadOnly,
  query,
  type Connection,
  type Statement,
  type Value,
} from '../src/sqlite/database.js';

type Row = Value[];

/** The log of a service that runs, looked at from outside. */
export class LogFile {
  private readonly db: Connection;
  private readonly page: Statement<Row>;
  private readonly end: Statement<[number]>;

  constructor(private readonly file: string) {
    this.db = openReadOnly(file);
    this.page = query(this.db, 'SELECT * FROM events WHERE rowid > ? ORDER BY rowid LIMIT ?');
    this.end = query(this.db, 'SELECT max(rowid) FROM events');
  }

  /** The events that it holds. */
  get events(): number {
    return this.end.get()?.[0] ?? 0;
  }

  /** How many transactions were committed: SQLite counts them in the header of the index of its write-ahead log. */
  get commits(): number {
    return readFileSync(`${this.file}-shm`).readUInt32LE(8);
  }

  rows(after: number, most: number): Row[] {
    return this.page.all(after, most);
  }

  /** The table as the service makes it. */
  get ddl(): string {
    const parts = query<[string]>(
      this.db,
      `SELECT sql FROM sqlite_schema WHERE tbl_name = 'events' AND sql IS NOT NULL ORDER BY type = 'index'`,
    );
    return parts
      .all()
      .map(([sql]) => sql)
      .join(';');
  }

  /** The same columns and no index but the one that an append cannot do without. */
  get leanDdl(): string {
    const columns = query<[string, string]>(
      this.db,
      `SELECT name, type FROM pragma_table_info('events')`,
    ).all();
    const listed = columns.map(([name, type]) =>
      name === 'position' ? `${name} ${type} PRIMARY KEY` : `${name} ${type} NOT NULL`,
    );
    return `CREATE TABLE events (${listed.join()}, UNIQUE (stream, revision)) STRICT`;
  }

  close(): void {
    this.db.close();
  }
}

/**
 * The database alone, in this thread: it inserts the very rows that the service wrote into its log, in their order,
 * into a table of its own that is as durable.
 */
export class RawStore {
  private readonly db: Connection;
  private readonly insert: Statement;
  private copied = 0;

  constructor(
    file: string,
    ddl: string,
    private readonly log: LogFile,
  ) {
    this.db = openDatabase(file);
    // What the service sets on its log.
    this.db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 20000;
      PRAGMA journal_size_limit = 134217728; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -65536;
      PRAGMA secure_delete = ON`);
    this.db.exec(ddl);
    const [first = []] = log.rows(0, 1);
    this.insert = this.db.prepare(`INSERT INTO events VALUES (${first.map(() => '?').join()})`);
  }

  /**
   * Inserts the next rows, as many as there are and not more than asked for.
   * @returns what it took, and the processor time in µs an event
   */
  append(most: number, perCommit: number): { perSecond: number; processor: number } {
    const rows = this.log.rows(this.copied, most);
    if (rows.length < most / 2) throw new Error('the log has not enough new rows');
    const cpu = process.cpuUsage();
    const started = performance.now();
    for (const [at, row] of rows.entries()) {
      if (at % perCommit === 0) this.db.exec(at === 0 ? 'BEGIN IMMEDIATE' : 'COMMIT; BEGIN IMMEDIATE');
      this.insert.run(...row);
    }
    this.db.exec('COMMIT');
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    this.copied += rows.length;
    return { perSecond: rows.length / seconds, processor: (user + system) / rows.length };
  }

  close(): void {
    this.db.close();
  }
}

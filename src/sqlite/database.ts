import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';

/** What a parameter takes and a column gives. An integer beyond 2^53 is not given: reading it throws. */
export type Value = string | number | bigint | Uint8Array | null;

/** A prepared statement. It is done when its call returns: it holds no lock from then on. */
export interface Statement<Row = unknown> {
  /** The first row. */
  get(...parameters: Value[]): Row | undefined;
  all(...parameters: Value[]): Row[];
  run(...parameters: Value[]): { readonly changes: number };
}

/**
 * A connection to an SQLite file, plain and synchronous. Closing it ends its statements too; the file is open until they
 * are collected, which the driver leaves to the collector.
 */
export interface Connection extends Pick<DatabaseSyncInstance, 'exec' | 'close' | 'isTransaction'> {
  /** A statement whose rows are objects, a member for each column. */
  prepare<Row>(sql: string): Statement<Row>;
}

const PATIENCE_MS = 5000;

interface Options {
  /** Milliseconds that a statement waits for another connection to be done. */
  readonly timeout?: number;
  /** False allows what can ruin the file, such as to write it without a journal. */
  readonly defensive?: boolean;
}

/**
 * Opens the file, which is made when it is missing. A thread that has one open is never to be terminated, but asked to
 * end: in the midst of a call of the driver, that would abort the process.
 * @throws what SQLite throws, see `resultCode`
 */
export const openDatabase = (file: string, options: Options = {}): Connection =>
  new DatabaseSync(file, {
    timeout: PATIENCE_MS,
    defensive: true,
    enableForeignKeyConstraints: false,
    ...options,
  });

/** Opens the file, which must exist, so that SQLite itself refuses to write. @throws likewise */
export const openReadOnly = (file: string): Connection =>
  new DatabaseSync(file, { timeout: PATIENCE_MS, readOnly: true });

/** Does the work with statements that wait for another connection no longer than so many milliseconds. */
export function waitingAtMost<Result>(ms: number, db: Connection, work: () => Result): Result {
  db.exec(`PRAGMA busy_timeout = ${ms}`);
  try {
    return work();
  } finally {
    db.exec(`PRAGMA busy_timeout = ${PATIENCE_MS}`);
  }
}

/**
 * Moves all of the write-ahead log into the file, and cuts it to nothing.
 * @param ms how long it waits for those who read the log
 * @returns false when somebody still does
 */
export const cutWriteAheadLog = (ms: number, db: Connection): boolean =>
  waitingAtMost(ms, db, () => value(db, 'PRAGMA wal_checkpoint(TRUNCATE)')) === 0;

/** A statement whose rows are arrays of column values: less to make than objects. */
export function query<Row extends readonly Value[]>(db: Connection, sql: string): Statement<Row> {
  const statement = (db as DatabaseSyncInstance).prepare(sql);
  statement.setReturnArrays(true);
  return statement;
}

/** The first column of the only row. */
export const value = (db: Connection, sql: string): Value | undefined => query<[Value]>(db, sql).get()?.[0];

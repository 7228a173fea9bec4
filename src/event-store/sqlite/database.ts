import { pathToFileURL } from 'node:url';
import Database from 'libsql';

type Value = number | string | Uint8Array;

/** A prepared statement that gives rows, each an array of column values. */
export interface Query<Row extends readonly unknown[]> {
  get(...values: Value[]): Row | undefined;
  all(...values: Value[]): Row[];
}

/** A prepared statement that gives none. */
export interface Command {
  run(...values: Value[]): unknown;
}

/** The little of a connection that the log needs. */
export interface Connection {
  exec(sql: string): void;
  prepare(sql: string): Command & { raw(): unknown };
  close(): void;
}

/** Opens the file, which is made when it is missing. */
export const openDatabase = (file: string): Connection => new Database(file, {});

/** Opens the file, which must exist, so that SQLite itself refuses to write. The driver's own option does not. */
export const openReadOnly = (file: string): Connection =>
  new Database(`${pathToFileURL(file).href}?mode=ro`, {});

export const query = <Row extends readonly unknown[]>(db: Connection, sql: string): Query<Row> =>
  db.prepare(sql).raw() as Query<Row>;

/** The first column of the only row. */
export const value = (db: Connection, sql: string): unknown => query<[unknown]>(db, sql).get()?.[0];

import { value, type Connection } from '../../sqlite/database.js';

/** "CLOG" in ASCII: says that the file is a log of this service. */
const APPLICATION_ID = 0x43_4c_4f_47;
const SCHEMA = 1;

/** The type of an event whose stream was deleted. It is empty, and keeps its place in the log. */
export const ERASED = '';

export const isThere = ({ type }: { readonly type: string }): boolean => type !== ERASED;

/**
 * Positions are given by the log, 1, 2, 3, … without gaps. The name of a stream is kept once. There is no
 * index on the ids: they are random, so it cost as much as all the rest, and the writer asks the read models' index of
 * keys. `probe` stays empty: a row that comes and goes in it shows whether the file can be written.
 */
const TABLES = `
  CREATE TABLE streams (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
  ) STRICT;
  CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL REFERENCES streams,
    revision INTEGER NOT NULL,
    id BLOB NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    metadata TEXT NOT NULL,
    UNIQUE (stream, revision)
  ) STRICT;
  CREATE TABLE probe (data BLOB NOT NULL) STRICT;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA};`;

/** The file is SQLite, but not a log that this release can read. */
export class ForeignFile extends Error {
  override readonly name = 'ForeignFile';
}

/** Lays out an empty file as a log. */
export function createSchema(db: Connection): void {
  if (value(db, 'SELECT count(*) FROM sqlite_schema') !== 0) return;
  db.exec(`BEGIN IMMEDIATE; ${TABLES} COMMIT`);
}

/** @throws ForeignFile when it is something else, or made by a newer release */
export function checkSchema(db: Connection): void {
  if (value(db, 'PRAGMA application_id') !== APPLICATION_ID)
    throw new ForeignFile('is a database of another program, not an event log');
  const schema = value(db, 'PRAGMA user_version');
  if (schema !== SCHEMA)
    throw new ForeignFile(`has schema ${String(schema)}, but this release knows only ${SCHEMA}: update it`);
}

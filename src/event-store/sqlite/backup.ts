import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, linkSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { syncToDisk } from '../../files/small-file.js';
import { openReadOnly, value, type Connection } from '../../sqlite/database.js';
import { resultCode, SQLITE_CORRUPT } from '../../sqlite/result-code.js';
import { StoreUnavailable } from '../errors.js';
import { unavailable } from './failure.js';
import { checkSchema } from './schema.js';

/**
 * Copies the log as it is at this instant, also while a service writes it. The copy has its name only once it is
 * whole, checked and on disk. It is a log itself: put in a data directory as `events.db`, it starts.
 * @returns how many events the copy holds
 * @throws StoreUnavailable when the log cannot be read, or the copy exists already, is no good or finds no room
 */
export function backUp(log: string, copy: string): number {
  if (existsSync(copy)) throw taken(copy);
  // A name of its own: somebody else may be making the same backup now.
  const unfinished = `${copy}.${randomUUID()}.unfinished`;
  try {
    copyLog(log, unfinished);
    const events = verified(unfinished);
    syncToDisk(unfinished);
    nameOnce(unfinished, copy);
    syncToDisk(dirname(resolve(copy)));
    return events;
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/** What backups in the place of a copy have not finished: they are being made, or were killed. */
export function unfinishedBeside(copy: string): readonly string[] {
  const directory = dirname(resolve(copy));
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => /\.[0-9a-f-]{36}\.unfinished$/.test(name))
    .map((name) => join(directory, name));
}

/** Gives the copy its name, unless another backup has taken it meanwhile: a link replaces nothing. */
function nameOnce(unfinished: string, copy: string): void {
  try {
    linkSync(unfinished, copy);
  } catch (error) {
    if (isThere(error)) throw taken(copy);
    // The file system has no links, as on many a memory stick.
    renameOnce(unfinished, copy);
  }
}

/** A new name replaces what has it. So it is taken first, by an empty file, which only one can make. */
function renameOnce(unfinished: string, copy: string): void {
  try {
    closeSync(openSync(copy, 'wx'));
  } catch (error) {
    throw isThere(error) ? taken(copy) : error;
  }
  try {
    renameSync(unfinished, copy);
  } catch (error) {
    rmSync(copy, { force: true });
    throw error;
  }
}

const isThere = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EEXIST';

const taken = (copy: string): StoreUnavailable =>
  new StoreUnavailable(`${copy} exists already: choose another name`);

function copyLog(log: string, copy: string): void {
  if (!existsSync(log)) throw new StoreUnavailable(`${log} does not exist: there is nothing to back up`);
  reading(log, (db) => {
    try {
      db.prepare('VACUUM INTO ?').run(copy);
    } catch (error) {
      throw unavailable(resultCode(error) === SQLITE_CORRUPT ? log : copy, error);
    }
  });
}

/** Reads the whole copy. @returns how many events it holds */
const verified = (copy: string): number =>
  reading(copy, (db) => {
    const verdict = value(db, 'PRAGMA integrity_check(1)');
    const events = Number(value(db, 'SELECT count(*) FROM events'));
    const last = Number(value(db, 'SELECT max(position) FROM events') ?? 0);
    if (verdict !== 'ok')
      throw new StoreUnavailable(`the copy is damaged, as the log may be: ${String(verdict)}`);
    if (events !== last)
      throw new StoreUnavailable(`the log has ${events} events up to position ${last}: some are missing`);
    return events;
  });

function reading<T>(file: string, work: (db: Connection) => T): T {
  try {
    const db = openReadOnly(file);
    try {
      checkSchema(db);
      return work(db);
    } finally {
      db.close();
    }
  } catch (error) {
    throw unavailable(file, error);
  }
}

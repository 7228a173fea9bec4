import { existsSync, linkSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { keepName, syncToDisk } from '../../files/small-file.js';
import { openReadOnly, value, type Connection } from '../../sqlite/database.js';
import { resultCode, SQLITE_BUSY, SQLITE_CORRUPT } from '../../sqlite/result-code.js';
import { StoreUnavailable } from '../errors.js';
import { unavailable } from './failure.js';
import { alone } from './file-lock.js';
import { checkSchema } from './schema.js';

/** What a backup writes until it is whole, and the lock that it holds meanwhile. */
const unfinishedOf = (copy: string): string => `${copy}.unfinished`;
const lockOf = (unfinished: string): string => `${unfinished}.lock`;

/**
 * Copies the log as it is at this instant, also while a service writes it. The copy has its name only once it is
 * whole, checked and on disk. It is a log itself: put in a data directory as `events.db`, it starts.
 * @returns how many events the copy holds
 * @throws StoreUnavailable when the log cannot be read, or the copy exists already, is no good or finds no room
 */
export function backUp(log: string, copy: string): number {
  try {
    const unfinished = unfinishedOf(copy);
    return alone(lockOf(unfinished), () => backUpAlone(log, copy, unfinished));
  } catch (error) {
    if (resultCode(error) !== SQLITE_BUSY) throw unavailable(copy, error);
    throw new StoreUnavailable(`${copy} is being made by another backup: choose another name`, {
      cause: error,
    });
  }
}

function backUpAlone(log: string, copy: string, unfinished: string): number {
  if (existsSync(copy)) throw taken(copy);
  try {
    rmSync(unfinished, { force: true });
    copyLog(log, unfinished);
    const events = verified(unfinished);
    syncToDisk(unfinished);
    nameOnce(unfinished, copy);
    keepName(copy);
    return events;
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/**
 * Removes what backups in the place of a copy have left that were killed, and nothing of those that are being made.
 * @returns the unfinished copies that were there
 */
export function removeUnfinished(copy: string): readonly string[] {
  const directory = dirname(resolve(copy));
  if (!existsSync(directory)) return [];
  // The lock file is there from before the copy until after it.
  return readdirSync(directory)
    .flatMap((name) => /^(.+\.unfinished)\.lock$/.exec(name)?.[1] ?? [])
    .map((name) => join(directory, name))
    .filter(wasLeft);
}

/** Removes an unfinished copy unless it is being made, or cannot be told to be. @returns whether it was there */
function wasLeft(unfinished: string): boolean {
  try {
    return alone(lockOf(unfinished), () => {
      const isThere = existsSync(unfinished);
      rmSync(unfinished, { force: true });
      return isThere;
    });
  } catch {
    return false;
  }
}

/** Gives the copy its name, unless something has taken it meanwhile: a link replaces nothing. */
function nameOnce(unfinished: string, copy: string): void {
  try {
    linkSync(unfinished, copy);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' || existsSync(copy)) throw taken(copy);
    // The file system has no links, as on many a memory stick. A new name replaces what has it, but no other backup
    // gives this one now.
    renameSync(unfinished, copy);
  }
}

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

import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase, type Connection } from '../sqlite/database.js';
import { LAST_RESORT_PAGES } from '../sqlite/wal-mover.js';

/** Where a replica keeps its read models. */
export const readModelsFileIn = (dataDir: string): string => join(dataDir, 'read-models.db');

/** Files that SQLite keeps beside a database. */
const COMPANIONS = ['-wal', '-shm'];

/** Opens the read models to write them. They are derived: a power cut may cost the last commits, never consistency. */
export function openReadModels(file: string): Connection {
  const db = openDatabase(file);
  try {
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384;
      PRAGMA wal_autocheckpoint = ${LAST_RESORT_PAGES}; PRAGMA journal_size_limit = 134217728`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Opens a new file to fill it. Whatever goes wrong, the file is of no use afterwards: nothing is written twice so that
 * it could be rolled back, and nothing is synced.
 */
export function openForBulk(file: string): Connection {
  const db = openDatabase(file, { defensive: false });
  db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384');
  return db;
}

/** Where a second thread writes its part of a file that is filled. */
export const fileBeside = (file: string): string => `${file}.beside`;

/** Puts a damaged file out of the way, where somebody may look at it; one that lay there before is lost. */
export function moveAside(file: string): string {
  const aside = `${file}.damaged`;
  removeReadModels(aside);
  for (const suffix of ['', ...COMPANIONS])
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  return aside;
}

/** The database goes first: SQLite drops a journal that it finds without one. */
export function removeReadModels(file: string): void {
  for (const suffix of ['', ...COMPANIONS]) rmSync(file + suffix, { force: true });
}

/** @throws Error when a part of what the file should hold is still beside it */
export function requireClosedWell(file: string): void {
  if (hasJournal(file)) throw new Error(`${file} was not closed well`);
}

/**
 * Puts a complete file, which was closed well, in the place of another, which stays where that fails. Nobody may have
 * either open. A crash in between may leave no file, which is a rebuild.
 */
export function replaceReadModels(file: string, by: string): void {
  // What somebody from outside has kept beside the old one would be taken for the new one's.
  if (hasJournal(file)) removeReadModels(file);
  renameSync(by, file);
  for (const suffix of COMPANIONS) rmSync(file + suffix, { force: true });
}

const hasJournal = (file: string): boolean =>
  (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;

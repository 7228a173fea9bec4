import { rmSync } from 'node:fs';
import { openDatabase, type Connection } from '../../sqlite/database.js';
import { identity } from './file-place.js';

/**
 * Locks a file that is there for nothing else, and is made when it is missing. The lock is one of the operating system:
 * it ends with the process however that ends, and here when it is closed.
 * @throws what SQLite throws: SQLITE_BUSY while somebody has it, also in this process; SQLITE_READONLY for a file that this
 * one may not write
 */
export function lockFile(path: string): Connection {
  const lock = openDatabase(path, { timeout: 0 });
  try {
    // The file is never opened in another way: closing it anywhere in this process would end the lock. Not EXCLUSIVE: two
    // who ask for that at the same time may both be refused, each by what the other has of it.
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE');
    // Of a file that may only be read everybody would get the lock: writing to it, which never comes to its disk, is refused.
    lock.exec('PRAGMA user_version = 0');
    return lock;
  } catch (error) {
    lock.close();
    throw error;
  }
}

/**
 * Does the work while nobody else does any under the same lock file, which is gone afterwards. One that a killed
 * process has left locks nobody out.
 * @throws what SQLite throws: SQLITE_BUSY while somebody else does; and what the work throws
 */
export function alone<Result>(path: string, work: () => Result): Result {
  const lock = lockLasting(path);
  try {
    return work();
  } finally {
    rmSync(path, { force: true });
    lock.close();
  }
}

/** Whoever had the lock may have removed the file once it was open here, and a lock on what has no name locks nobody out. */
function lockLasting(path: string): Connection {
  for (;;) {
    const before = identity(path);
    const lock = lockFile(path);
    if (identity(path) === before) return lock;
    lock.close();
  }
}

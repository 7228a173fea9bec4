import { existsSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { replaceFile } from '../../files/small-file.js';
import type { Connection } from '../../sqlite/database.js';
import { resultCode, SQLITE_BUSY } from '../../sqlite/result-code.js';
import { StoreUnavailable } from '../errors.js';
import { unavailable } from './failure.js';
import { lockFile } from './file-lock.js';

/** Says that this process owns a file or a directory, by a lock on a file beside it, which readers never meet. */
export class FileOwner {
  private constructor(
    private readonly file: string,
    private readonly lock: Connection,
  ) {}

  /**
   * @param name what an operator calls it
   * @throws StoreUnavailable when it is owned already, by another process or by this one
   */
  static claim(file: string, name = file): FileOwner {
    const real = placeOf(file);
    const lockPath = `${real}.lock`;
    let lock: Connection | undefined;
    try {
      lock = lockFile(lockPath);
      replaceFile(`${real}.pid`, `${process.pid}\n`, 0o644);
      return new FileOwner(real, lock);
    } catch (error) {
      lock?.close();
      if (resultCode(error) !== SQLITE_BUSY) throw unavailable(existsSync(lockPath) ? lockPath : name, error);
      throw new StoreUnavailable(
        `${name} is in use by another ledger${ownerOf(real)}: stop that one, or choose another data directory`,
        { cause: error },
      );
    }
  }

  release(): void {
    rmSync(`${this.file}.pid`, { force: true });
    this.lock.close();
  }
}

/** Where the log is, or is to be made: one that symbolic links lead to is still one log. */
function placeOf(file: string): string {
  let place = file;
  // As many links as the system follows: they may lead in a circle.
  for (let left = 40; left > 0 && !existsSync(place); left--) place = targetOf(place);
  return existsSync(place) ? realpathSync(place) : place;
}

/** What a symbolic link leads to; the path itself when it is none. */
function targetOf(path: string): string {
  try {
    return resolve(realpathSync(dirname(path)), readlinkSync(path));
  } catch {
    return path;
  }
}

function ownerOf(file: string): string {
  try {
    return ` (process ${readFileSync(`${file}.pid`, 'utf8').trim()})`;
  } catch {
    return '';
  }
}

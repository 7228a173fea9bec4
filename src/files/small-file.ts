import {
  chmodSync,
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** A file is there, but cannot be read. The message is for an operator. */
export class CannotRead extends Error {
  override readonly name = 'CannotRead';

  constructor(path: string, cause: unknown) {
    super(`${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** A file could not be written, or not for certain. The message is for an operator. */
export class CannotWrite extends Error {
  override readonly name = 'CannotWrite';
  readonly diskIsFull: boolean;

  /** @param replaced whether it holds the new content, unless a power cut brings back the old; else it is as it was */
  constructor(
    path: string,
    cause: unknown,
    readonly replaced = false,
  ) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    const diskIsFull = ['ENOSPC', 'EDQUOT'].includes(code);
    const state = replaced ? 'was written, but a power cut may undo it' : 'cannot be written';
    super(`${path} ${state}: ${diskIsFull ? 'the disk is full' : message}`, { cause });
    this.diskIsFull = diskIsFull;
  }
}

/** Whether something has the path, if only a symbolic link that leads nowhere: what it leads to may be away for now. */
export const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/** What a file holds; undefined when nothing has its path. @throws CannotRead */
export function readIfThere(path: string): string | undefined {
  try {
    return isThere(path) ? readFileSync(path, 'utf8') : undefined;
  } catch (error) {
    throw new CannotRead(path, error);
  }
}

const modeOf = (path: string): number => statSync(path).mode & 0o777;

/** Whether other users may read or write a file. */
export const isOpenToOthers = (path: string): boolean => (modeOf(path) & 0o077) !== 0;

/** Closes a file to other users, if it was open to them. @param warn told so, or that it cannot be closed */
export function closeToOthers(path: string, warn: (message: string) => void): void {
  if (!isOpenToOthers(path)) return;
  const mode = modeOf(path).toString(8);
  try {
    chmodSync(path, 0o600);
    warn(`${path} was open to other users (mode ${mode}); it is now open to its owner only`);
  } catch (error) {
    // As of a secret that an orchestrator mounts: whoever put it there says who may read it.
    warn(`${path} is open to other users (mode ${mode}), and stays so: ${(error as Error).message}`);
  }
}

/**
 * Replaces a file as a whole: whatever happens, it holds the old content or the new, which is on disk once this returns.
 * It is readable by its owner alone, unless another mode is given.
 * @throws CannotWrite, which says which of them it holds; nothing is left beside it
 */
export function replaceFile(path: string, content: string, mode = 0o600): void {
  const fresh = `${path}.new`;
  try {
    try {
      writeFileSync(fresh, content, { mode, flush: true });
      renameSync(fresh, path);
    } catch (error) {
      rmSync(fresh, { force: true });
      throw error;
    }
  } catch (error) {
    throw new CannotWrite(path, error);
  }
  keepName(path);
}

/** Waits until a file that was made or renamed would outlive a power cut under its name. @throws CannotWrite */
export function keepName(path: string): void {
  try {
    syncNames(dirname(path));
  } catch (error) {
    throw new CannotWrite(path, error, true);
  }
}

/** What a file system answers that has no such thing as the sync of a directory: there is nothing to wait for. */
const NOT_SUPPORTED = ['EINVAL', 'ENOTSUP'];

/** Waits until the names in a directory would outlive a power cut, as far as its file system lets anyone wait. */
export function syncNames(directory: string): void {
  try {
    syncToDisk(directory);
  } catch (error) {
    if (!NOT_SUPPORTED.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** Waits until what is in a file would outlive a power cut. */
export function syncToDisk(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

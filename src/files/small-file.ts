import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

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
    const state = replaced
      ? 'was written, but a power cut may bring back what it held before'
      : 'cannot be written';
    super(`${path} ${state}: ${diskIsFull ? 'the disk is full' : message}`, { cause });
    this.diskIsFull = diskIsFull;
  }
}

/**
 * Replaces a file as a whole, and makes its directory: whatever happens, it holds the old content or the new, which is
 * on disk once this returns. It is readable by its owner alone, unless another mode is given.
 * @throws CannotWrite, which says which of them it holds; nothing is left beside it
 */
export function replaceFile(path: string, content: string, mode = 0o600): void {
  const fresh = `${path}.new`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
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
  try {
    syncToDisk(dirname(path));
  } catch (error) {
    throw new CannotWrite(path, error, true);
  }
}

/** Waits until a file, or the names in a directory, would outlive a power cut. */
export function syncToDisk(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

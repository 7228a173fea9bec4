import { statSync } from 'node:fs';
import { StoreUnavailable } from '../errors.js';

/**
 * Says whether the file of an open log is still the one at its path. An open file that was removed or replaced goes on
 * taking what is written, and all of that is gone when it is closed.
 */
export class FilePlace {
  private readonly opened: string;
  private lost = false;

  constructor(private readonly file: string) {
    this.opened = identity(file);
  }

  /** @throws StoreUnavailable once it was not; also when it is back, since others may have written it meanwhile */
  check(): void {
    this.lost ||= identity(this.file) !== this.opened;
    if (!this.lost) return;
    throw new StoreUnavailable(
      `${this.file} was moved away or replaced while it was in use, and takes no more appends: stop the service, ` +
        'put the file and its -wal back or restore the last backup, and start again',
    );
  }
}

/** Which file has the path now. */
export function identity(file: string): string {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found ? `${found.dev} ${found.ino}` : 'none';
}

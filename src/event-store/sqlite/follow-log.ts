import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { isDamage } from '../../sqlite/result-code.js';
import { StoreUnavailable } from '../errors.js';
import type { LogBatch, Position, RecordedEvent } from '../event-store.js';
import { CommitListener } from './commit-bell.js';
import { PACKED_PAGE } from './packed-pages.js';
import { isThere } from './schema.js';

/** Pause after a fault before a follower tries again, in milliseconds. */
const FAULT_PAUSE_MS = 500;

/**
 * Reads a page of the log after a position, erased events too. One that is not the last has PACKED_PAGE at least.
 * @throws StoreUnavailable
 */
type ReadPage = (after: Position) => readonly RecordedEvent[];

/**
 * The log after a position, then what each commit brings.
 * @param file absolute, symbolic links resolved
 * @throws StoreUnavailable for a fault that does not pass
 */
export async function* followLog(
  file: string,
  read: ReadPage,
  after: Position,
  until: AbortSignal,
): AsyncGenerator<LogBatch, void> {
  const listener = new CommitListener(file);
  let position = after;
  let live = false;
  try {
    while (!until.aborted) {
      const page = await readPatiently(read, position, until);
      // An empty page does not mean the end of the log then.
      if (until.aborted) return;
      const caughtUp = page.length < PACKED_PAGE;
      position = page.at(-1)?.position ?? position;
      if (page.length > 0 || live !== caughtUp)
        yield { events: page.filter(isThere), position, live: caughtUp };
      live = caughtUp;
      await (caughtUp ? listener.heard(until) : nextTurn());
    }
  } finally {
    listener.close();
  }
}

/** When a fault that may pass is in the way, after it has passed. Empty on abort. */
async function readPatiently(
  read: ReadPage,
  after: Position,
  until: AbortSignal,
): Promise<readonly RecordedEvent[]> {
  while (!until.aborted)
    try {
      return read(after);
    } catch (error) {
      if (error instanceof StoreUnavailable && isDamage(error.cause)) throw error;
      await delay(FAULT_PAUSE_MS, undefined, { signal: until }).catch(() => undefined);
    }
  return [];
}

import { START, type Position } from '../../event-store/event-store.js';
import type { Connection } from '../../sqlite/database.js';
import type { LastEvent } from '../checkpoints.js';
import { isLandmark, isOfLedger, readEntry } from '../log-entry.js';
import type { Projection } from '../projection.js';
import type { LogToBuild } from './relay.js';

/** What is built in a file: tables, and what writes them. */
export type BulkPart = Pick<Projection, 'tables' | 'ddl' | 'open'>;

/**
 * Applies the log from its beginning up to a position to tables that are new, in the one transaction that is open.
 * Events are applied as they are read, so that they are gone from memory before it is tidied up.
 * @returns by which the log is known again
 * @throws any error; then the file is of no use
 */
export async function writeInBulk(
  db: Connection,
  log: Pick<LogToBuild, 'readAll'>,
  parts: readonly BulkPart[],
  until: Position,
  signal: AbortSignal,
): Promise<LastEvent | undefined> {
  const writers = parts.map((part) => part.open(db));
  let last: LastEvent | undefined;
  for await (const page of log.readAll(START)) {
    signal.throwIfAborted();
    for (const recorded of page) {
      if (recorded.position > until) break;
      if (isLandmark(recorded)) last = recorded;
      if (isOfLedger(recorded)) {
        const entry = readEntry(recorded);
        for (const writer of writers) writer.apply?.(entry);
      } else for (const writer of writers) writer.applyOther?.(recorded);
    }
    if (page.at(-1)!.position >= until) break;
  }
  for (const writer of writers) writer.flush();
  return last;
}

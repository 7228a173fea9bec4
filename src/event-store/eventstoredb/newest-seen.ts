import { LogRestored } from '../errors.js';
import { mayBeDeleted, START, type Position } from '../event-store.js';
import type { Mark } from './stored-event.js';

/** Looks for the first event of the log from a position on, as `LogReader.firstAt` does. */
export type FirstAt = (position: Position) => Promise<Mark | undefined>;

/**
 * The server delivers nothing, and says nothing, to who asks for what comes after a position beyond the end; and a
 * log that was restored and has grown since may hold another event there, or what the server writes when it starts
 * and does not deliver. An event that was deleted and scavenged is missing too, and the log goes on behind it.
 * @param last what stood at the position, as far as that is known
 * @returns the event at the position, if it is there
 * @throws LogRestored when it is not the event that was seen; the client's errors
 */
export async function recognise(
  firstAt: FirstAt,
  position: Position,
  last: Pick<Mark, 'id' | 'stream'> | undefined,
): Promise<Pick<Mark, 'id' | 'stream'> | undefined> {
  if (position === START) return undefined;
  const found = await firstAt(position);
  const isThere = found?.position === position;
  if (isThere && (!last || found.id === last.id)) return found;
  if (found && !isThere && (!last || mayBeDeleted(last.stream))) return last;
  throw new LogRestored(
    `the log does not hold ${last ? `event ${last.id}` : 'an event'} at ${position} any more: it was restored to an earlier state`,
  );
}

/** The newest event of the ledger that this process has seen in the log, whatever for. */
export class NewestSeen {
  private newest: Mark | undefined;

  /** It was read, or acknowledged. One that may be deleted is none to know the log by. */
  note(seen: Mark): void {
    if (!mayBeDeleted(seen.stream) && seen.position > (this.newest?.position ?? START))
      this.newest = { id: seen.id, stream: seen.stream, position: seen.position };
  }

  /** @throws LogRestored when the log lacks it; the client's errors */
  async confirm(firstAt: FirstAt): Promise<void> {
    if (this.newest) await recognise(firstAt, this.newest.position, this.newest);
  }
}

import { StoreUnavailable } from '../errors.js';
import type { RecordedEvent } from '../event-store.js';

/** A place of the log as the protocol has it: in a log of many years a commit may be elsewhere than what it commits. */
export interface Place {
  readonly commit: bigint;
  readonly prepare: bigint;
}

/** An event as the server has it, of the ledger or not, its texts as they were written. */
export interface StoredEvent extends RecordedEvent {
  readonly place: Place;
}

/** What an event is known again by. */
export type Mark = Pick<StoredEvent, 'id' | 'stream' | 'position'>;
/** And where to read on. */
export type PlacedMark = Mark & Pick<StoredEvent, 'place'>;

/** @throws StoreUnavailable the event was written in a way in which the ledger does not write */
export function toRecorded(stored: StoredEvent): RecordedEvent {
  const { id, type, data, metadata, stream, revision, position, place } = stored;
  checkPlace(id, place);
  return { id, type, data, metadata, stream, revision, position };
}

/** @throws StoreUnavailable likewise */
export function checkPlace(id: string, { commit, prepare }: Place): void {
  if (commit === prepare) return;
  throw new StoreUnavailable(`event ${id} was committed at ${commit}, but prepared at ${prepare}`);
}

import { StreamDamaged } from '../event-store/errors.js';
import {
  isTombstone,
  START,
  type EventReader,
  type Position,
  type RecordedEvent,
} from '../event-store/event-store.js';
import type { Checkpoint, LastEvent } from './checkpoints.js';
import { isOfLedger } from './log-entry.js';

/**
 * Compares a checkpoint with the log. They fit when the log reaches as far, the last event applied stands in it, and
 * none of the ledger's between that event and the checkpoint. An import or a copy holds the same events at other
 * positions: what comes next would be taken as already applied.
 * @returns what does not fit, undefined when the log goes on where the projection stands
 * @throws StoreUnavailable
 */
export async function misfitOf(
  { position, last }: Pick<Checkpoint, 'position' | 'last'>,
  reader: EventReader,
): Promise<string | undefined> {
  const head = await reader.head();
  if (position > head) return `its checkpoint ${position} is beyond the end of the log at ${head}`;
  const found =
    last &&
    (await reader
      .firstFrom(last.stream, last.revision)
      .catch((error) => ofDamaged(error, reader, position, last)));
  if (found?.id !== last?.id)
    return `the log does not hold event ${last?.id}, its last, at ${last?.stream}/${last?.revision}`;
  const from = found?.position ?? START;
  if (from > position)
    return `event ${found?.id}, its last, stands at ${from}, after its checkpoint ${position}`;
  const unseen = from < position ? await firstOfLedger(reader, from, position) : undefined;
  return (
    unseen && `event ${unseen.id} at ${unseen.position} is not in it, though its checkpoint is ${position}`
  );
}

/**
 * Nothing of a stream that was deleted can be read, but at the checkpoint the log still has its event, or the tombstone.
 * @returns the event, when the log is the same one; undefined where that does not tell
 */
async function ofDamaged(
  error: unknown,
  reader: EventReader,
  position: Position,
  { id, stream }: LastEvent,
): Promise<Pick<RecordedEvent, 'id' | 'position'> | undefined> {
  if (!(error instanceof StreamDamaged)) throw error;
  const found = await reader.eventAt(position);
  const isIt = found?.id === id || (found?.stream === stream && isTombstone(found));
  return isIt ? { id, position } : undefined;
}

/** The first event of the ledger after a position, up to another. */
async function firstOfLedger(
  reader: EventReader,
  after: Position,
  until: Position,
): Promise<RecordedEvent | undefined> {
  for await (const page of reader.readAll(after)) {
    const found = page.find(isOfLedger);
    if (found) return found.position <= until ? found : undefined;
    if (page.at(-1)!.position >= until) return undefined;
  }
  return undefined;
}

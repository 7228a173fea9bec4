import { START, type EventReader, type Position, type RecordedEvent } from '../event-store/event-store.js';
import type { Checkpoint } from './checkpoints.js';
import { isLandmark } from './log-entry.js';

/**
 * Compares a checkpoint with the log. They fit when the log reaches as far, its last landmark up to the checkpoint is
 * the same, and it stands at the same position. An import or a copy holds the same events at other positions: what comes
 * next would be taken as already applied.
 * @returns what does not fit, undefined when the log goes on where the projection stands
 * @throws StoreUnavailable
 */
export async function misfitOf(
  { position, last }: Pick<Checkpoint, 'position' | 'last'>,
  reader: EventReader,
): Promise<string | undefined> {
  const head = await reader.head();
  if (position > head) return `its checkpoint ${position} is beyond the end of the log at ${head}`;
  // Not looked for in its stream: of one that somebody has deleted nothing can be read, but the log has it still.
  const found = last && (await reader.eventAt(last.position));
  if (found?.id !== last?.id)
    return `the log does not hold event ${last?.id}, its last, at ${last?.position}`;
  const from = last?.position ?? START;
  const unseen = from < position ? await firstLandmark(reader, from, position) : undefined;
  return (
    unseen && `event ${unseen.id} at ${unseen.position} is not in it, though its checkpoint is ${position}`
  );
}

/** The first landmark after a position, up to another. */
async function firstLandmark(
  reader: EventReader,
  after: Position,
  until: Position,
): Promise<RecordedEvent | undefined> {
  for await (const page of reader.readAll(after)) {
    const found = page.find(isLandmark);
    if (found) return found.position <= until ? found : undefined;
    if (page.at(-1)!.position >= until) return undefined;
  }
  return undefined;
}

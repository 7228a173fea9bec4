import type { EventReader, Position, RecordedEvent } from '../event-store/event-store.js';
import { StreamDamaged } from '../event-store/errors.js';
import type { StoppedProjection } from './messages.js';
import type { ProjectionRunner } from './projection-runner.js';

/** Told of what is met on the way. */
export interface Met {
  readonly stopped: (at: StoppedProjection) => void;
  /** A part of the event's stream is gone from the log. */
  readonly damaged: (recorded: Pick<RecordedEvent, 'stream' | 'position'>) => void;
}

/**
 * Brings each projection forward by itself, an event a transaction, so that an event which fails stops those only that
 * it fails. The events are read again.
 * @param until every event up to here
 * @throws StoreUnavailable, and what SQLite throws when no event is at fault
 */
export async function eachAlone(
  reader: EventReader,
  runners: readonly ProjectionRunner[],
  until: Position,
  met: Met,
): Promise<void> {
  const due = runners.filter((runner) => runner.isDue(until));
  const start = due.map(({ position }) => position).reduce((a, b) => (a < b ? a : b), until);
  for await (const page of reader.readAll(start)) {
    const events = page.filter(({ position }) => position <= until);
    for (const runner of due) await alone(reader, runner, events, met);
    if (events.length < page.length) break;
  }
  for (const runner of due) runner.passOn(until);
}

/** What a scavenge has left of a stream that somebody deleted cannot be applied, and is passed over. */
async function alone(
  reader: EventReader,
  runner: ProjectionRunner,
  events: readonly RecordedEvent[],
  met: Met,
): Promise<void> {
  for (;;) {
    const stopped = runner.oneByOne(events);
    if (!stopped) return;
    if (!(await isDamaged(reader, stopped.stream))) return met.stopped(stopped);
    met.damaged(stopped);
    runner.passOver(stopped.stream);
  }
}

async function isDamaged(reader: EventReader, stream: string): Promise<boolean> {
  try {
    await reader.firstFrom(stream, 0);
    return false;
  } catch (error) {
    if (error instanceof StreamDamaged) return true;
    throw error;
  }
}

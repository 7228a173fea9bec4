import type { EventStore, RecordedEvent } from '../../../src/event-store/event-store.js';
import { START, type EventReader } from '../../../src/event-store/event-store.js';

/** Puts events into a store in their order. None waits for the one before it: what comes together is on disk together. */
export async function storeLog(store: EventStore, events: readonly RecordedEvent[]): Promise<void> {
  await Promise.all(
    events.map(({ stream, revision, id, type, data, metadata }) =>
      store.append(stream, [{ id, type, data, metadata }], revision === 0 ? 'no-stream' : revision - 1),
    ),
  );
}

export async function logOf(reader: EventReader): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const page of reader.readAll(START)) events.push(...page);
  return events;
}

import type { EventStore, RecordedEvent } from '../../../src/event-store/event-store.js';
import { START, type EventReader } from '../../../src/event-store/event-store.js';

/** Puts events into a store in their order. */
export async function storeLog(store: EventStore, events: readonly RecordedEvent[]): Promise<void> {
  for (const { stream, revision, id, type, data, metadata } of events)
    await store.append(stream, [{ id, type, data, metadata }], revision === 0 ? 'no-stream' : revision - 1);
}

export async function logOf(reader: EventReader): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const page of reader.readAll(START)) events.push(...page);
  return events;
}

import { randomUUID } from 'node:crypto';
import {
  MAX_APPEND,
  START,
  type EventReader,
  type EventStore,
  type NewEvent,
  type RecordedEvent,
} from './event-store.js';

/** How many events were written to the copy, and how many of the source's were there already. */
export interface Copied {
  readonly written: number;
  readonly found: number;
}

/**
 * Makes some streams, none of the ledger's, in the copy what they are in the source now. What was deleted in the
 * source is deleted in the copy. Ids and revisions may differ: after a deletion one store counts on, the other from 0.
 * @throws StoreUnavailable, OutcomeUnknown, RevisionConflict; then call it again
 */
export async function copyStreams(
  from: EventReader,
  to: EventStore,
  isWanted: (stream: string) => boolean,
): Promise<Copied> {
  let [written, found] = [0, 0];
  const streams = new Set<string>();
  for (const reader of [from, to])
    for await (const page of reader.readAll(START))
      for (const { stream } of page) if (isWanted(stream)) streams.add(stream);
  for (const stream of streams) {
    const copied = await copyStream(from, to, stream);
    written += copied.written;
    found += copied.found;
  }
  return { written, found };
}

async function copyStream(from: EventReader, to: EventStore, stream: string): Promise<Copied> {
  const source = await eventsOf(from, stream);
  let copy = await eventsOf(to, stream);
  if (!copy.every((event, at) => isSame(event, source[at]))) {
    await to.deleteStream(stream);
    copy = [];
  }
  const found = copy.length;
  while (copy.length < source.length) {
    const next = source.slice(copy.length, copy.length + MAX_APPEND).map(asNew);
    await to.append(stream, next, copy.at(-1)?.revision ?? 'no-stream');
    copy = await eventsOf(to, stream);
  }
  return { written: source.length - found, found };
}

async function eventsOf(reader: EventReader, stream: string): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const page of reader.readStream(stream)) events.push(...page);
  return events;
}

/** With an id of its own: EventStoreDB takes one that it knows, also of a deleted event, for the same append again. */
const asNew = ({ type, data, metadata }: RecordedEvent): NewEvent => ({
  id: randomUUID(),
  type,
  data,
  metadata,
});

const isSame = (event: RecordedEvent, other: RecordedEvent | undefined): boolean =>
  other !== undefined &&
  event.type === other.type &&
  event.data === other.data &&
  event.metadata === other.metadata;

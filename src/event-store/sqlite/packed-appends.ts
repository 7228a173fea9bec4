import type { NewEvent } from '../event-store.js';
import type { AppendRequest } from './messages.js';

/**
 * Appends as one plain list, to cross threads: cloning objects with their names takes both sides two to four times as
 * long. Each append is its stream, the expected revision, how many events it has, and four texts for each of them.
 */
export type PackedAppends = readonly (string | number)[];

export function pack(appends: readonly AppendRequest[]): PackedAppends {
  const packed: (string | number)[] = [];
  for (const { stream, expectedRevision, events } of appends) {
    packed.push(stream, expectedRevision, events.length);
    for (const { id, type, data, metadata } of events) packed.push(id, type, data, metadata);
  }
  return packed;
}

export function unpack(packed: PackedAppends): AppendRequest[] {
  const appends: AppendRequest[] = [];
  let at = 0;
  const text = () => packed[at++] as string;
  while (at < packed.length) {
    const stream = text();
    const expectedRevision = packed[at++] as AppendRequest['expectedRevision'];
    const events: NewEvent[] = [];
    for (let left = packed[at++] as number; left > 0; left--)
      events.push({ id: text(), type: text(), data: text(), metadata: text() });
    appends.push({ stream, expectedRevision, events });
  }
  return appends;
}

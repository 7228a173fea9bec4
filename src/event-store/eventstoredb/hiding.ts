import { mayBeDeleted, START, type Hidden, type Position } from '../event-store.js';
import type { StoredEvent } from './stored-event.js';

/** How the server names the stream that holds another's metadata. */
const METADATA = '$$';

export const metadataStreamOf = (stream: string): string => METADATA + stream;

/** Metadata that hide events of a stream. A soft deletion is the first. */
const HIDING = ['$tb', '$maxCount', '$maxAge'] as const;

/** Beginnings of the names of streams with metadata that hide what must not be. */
export const prefixesOfMetadata = (prefixes: readonly string[]): readonly string[] =>
  prefixes.filter((prefix) => !mayBeDeleted(prefix)).map(metadataStreamOf);

/** The revision before which a stream's events are hidden, by the event that holds its metadata. */
export const firstShownBy = (metadata: StoredEvent | undefined): number =>
  metadata ? ((membersOf(metadata)['$tb'] as number | undefined) ?? 0) : 0;

/** Knows metadata that hide events, each once: they arrive with every subscription until an event has followed. */
export class Hiding {
  private last: Position = START;

  hiddenBy(arrived: readonly StoredEvent[]): readonly Hidden[] {
    const hidden: Hidden[] = [];
    for (const event of arrived)
      if (hides(event) && event.position > this.last) {
        this.last = event.position;
        hidden.push({ stream: event.stream.slice(METADATA.length), position: this.last });
      }
    return hidden;
  }
}

function hides(event: StoredEvent): boolean {
  if (!event.stream.startsWith(METADATA)) return false;
  const members = membersOf(event);
  return HIDING.some((member) => member in members);
}

/** Whoever writes metadata past the client may write anything. */
function membersOf({ data }: StoredEvent): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(data)) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}

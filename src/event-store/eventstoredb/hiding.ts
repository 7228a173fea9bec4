import type { AllStreamResolvedEvent } from '@eventstore/db-client';
import { mayBeDeleted, START, type Hidden, type Position } from '../event-store.js';

/** How the server names the stream that holds another's metadata. */
const METADATA = '$$';

export const metadataStreamOf = (stream: string): string => METADATA + stream;

/** Metadata that hide events of a stream. A soft deletion is the first. */
const HIDING = ['$tb', '$maxCount', '$maxAge'] as const;

/** Beginnings of the names of streams with metadata that hide what must not be. */
export const prefixesOfMetadata = (prefixes: readonly string[]): readonly string[] =>
  prefixes.filter((prefix) => !mayBeDeleted(prefix)).map(metadataStreamOf);

/** The revision before which a stream's metadata hide its events. */
export const firstShownBy = (metadata: unknown): number =>
  (metadata as { $tb?: number } | undefined)?.$tb ?? 0;

/** Knows metadata that hide events, each once: they arrive with every subscription until an event has followed. */
export class Hiding {
  private last: Position = START;

  hiddenBy(arrived: readonly AllStreamResolvedEvent[]): readonly Hidden[] {
    const hidden: Hidden[] = [];
    for (const { event } of arrived)
      if (event && event.position.commit > this.last && hides(event)) {
        this.last = event.position.commit;
        hidden.push({ stream: event.streamId.slice(METADATA.length), position: this.last });
      }
    return hidden;
  }
}

const hides = ({ streamId, data }: { readonly streamId: string; readonly data: unknown }): boolean =>
  streamId.startsWith(METADATA) && HIDING.some((member) => member in (Object(data) as object));

import type { RecordedEvent } from '../../event-store/event-store.js';

/**
 * A page of the log on its way to another thread: all texts as one. Event by event, it takes several times as long to
 * copy.
 */
export interface PageMessage {
  readonly positions: BigInt64Array;
  readonly revisions: Float64Array;
  /** Of the five texts of each event. */
  readonly lengths: Uint32Array;
  readonly text: string;
}

export function packPage(page: readonly RecordedEvent[]): PageMessage {
  const texts: string[] = [];
  for (const { stream, id, type, data, metadata } of page) texts.push(stream, id, type, data, metadata);
  return {
    positions: BigInt64Array.from(page, ({ position }) => position),
    revisions: Float64Array.from(page, ({ revision }) => revision),
    lengths: Uint32Array.from(texts, ({ length }) => length),
    text: texts.join(''),
  };
}

export function unpackPage({ positions, revisions, lengths, text }: PageMessage): RecordedEvent[] {
  let [nth, at] = [0, 0];
  const next = (): string => text.slice(at, (at += lengths[nth++]!));
  return Array.from(positions, (position, event) => ({
    stream: next(),
    id: next(),
    type: next(),
    data: next(),
    metadata: next(),
    revision: revisions[event]!,
    position,
  }));
}

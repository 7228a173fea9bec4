import { isAscii } from 'node:buffer';
import type { Position, RecordedEvent } from './event-store.js';

/**
 * Events on their way to another thread: all texts as bytes of one piece, which it can be handed. Event by event, and as
 * texts, they take several times as long to copy.
 */
export interface PackedEvents {
  readonly positions: BigInt64Array;
  readonly revisions: Float64Array;
  /** Of the five texts of each event, in bytes. */
  readonly lengths: Uint32Array;
  /** The texts in UTF-8. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Where the bytes of a text begin, and where they end. */
export type Span = readonly [from: number, end: number];

/** An event whose texts are bytes already. */
export interface Packable {
  readonly position: Position;
  readonly revision: number;
  readonly bytes: Buffer;
  /** Of the stream, the id, the type, the data and the metadata. */
  readonly texts: readonly Span[];
}

const TEXTS = 5;

/** Packs events as they come. */
export class EventPacker {
  private readonly positions: bigint[] = [];
  private readonly revisions: number[] = [];
  private readonly lengths: number[] = [];
  private bytes = Buffer.allocUnsafeSlow(2 ** 20);
  private end = 0;

  add({ position, revision, bytes, texts }: Packable): void {
    this.positions.push(position);
    this.revisions.push(revision);
    for (const [from, end] of texts) {
      const length = end - from;
      this.lengths.push(length);
      if (this.end + length > this.bytes.length) this.grow(this.end + length);
      this.end += bytes.copy(this.bytes, this.end, from, end);
    }
  }

  packed(): PackedEvents {
    return {
      positions: BigInt64Array.from(this.positions),
      revisions: Float64Array.from(this.revisions),
      lengths: Uint32Array.from(this.lengths),
      bytes: new Uint8Array(this.bytes.buffer, 0, this.end),
    };
  }

  private grow(length: number): void {
    const { bytes } = this;
    this.bytes = Buffer.allocUnsafeSlow(Math.max(length, 2 * bytes.length));
    bytes.copy(this.bytes);
  }
}

/** Events whose texts are made as one. It is to stay small enough for the engine to collect it as it does any other. */
const TOGETHER = 100;

/** @returns them as they were, some at a time */
export function* unpackEvents({
  positions,
  revisions,
  lengths,
  bytes,
}: PackedEvents): Generator<RecordedEvent[], void> {
  const unread = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let from = 0, at = 0; from < positions.length; from += TOGETHER) {
    const some = positions.subarray(from, from + TOGETHER);
    const ofSome = lengths.subarray(from * TEXTS, (from + some.length) * TEXTS);
    const end = ofSome.reduce((sum, length) => sum + length, at);
    const next = textsOf(unread.subarray(at, end), ofSome);
    yield Array.from(some, (position, nth) => ({
      stream: next(),
      id: next(),
      type: next(),
      data: next(),
      metadata: next(),
      revision: revisions[from + nth]!,
      position,
    }));
    at = end;
  }
}

/** @returns what gives one text after the other */
function textsOf(bytes: Buffer, lengths: Uint32Array): () => string {
  let [nth, at] = [0, 0];
  if (!isAscii(bytes)) return () => bytes.toString('utf8', at, (at += lengths[nth++]!));
  // A byte is a character, so the texts are parts of one.
  const text = bytes.toString('latin1');
  return () => text.slice(at, (at += lengths[nth++]!));
}

/** An event whose texts are texts. */
export function packableOf(event: RecordedEvent): Packable {
  const { position, revision, stream, id, type, data, metadata } = event;
  let end = 0;
  const texts = [stream, id, type, data, metadata].map((text): Span => [
    end,
    (end += Buffer.byteLength(text)),
  ]);
  return { position, revision, bytes: Buffer.from(stream + id + type + data + metadata), texts };
}

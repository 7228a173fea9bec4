import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';

export interface SimulatedEvent {
  readonly stream: string;
  readonly revision: bigint;
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
  readonly position: bigint;
  /** Where it was prepared, if that is not where it was committed. */
  readonly prepared?: bigint;
  readonly created: number;
}

export type ProposedEvent = Pick<SimulatedEvent, 'id' | 'type' | 'contentType' | 'data' | 'metadata'>;
export type ExpectedRevision = bigint | 'any' | 'no_stream' | 'stream_exists';

export type AppendOutcome =
  | { readonly kind: 'written'; readonly revision: bigint; readonly position: bigint | undefined }
  | { readonly kind: 'wrong'; readonly current: bigint | 'no_stream' };

/** Which events of a stream are read: from a revision on, the newest of so many, and not older than so many milliseconds. */
interface Limits {
  readonly truncateBefore: bigint;
  readonly maxCount: number;
  readonly maxAge: number;
}

const NO_LIMITS: Limits = { truncateBefore: 0n, maxCount: Infinity, maxAge: Infinity };

/** How the stream is called that holds another's metadata. */
const METADATA = '$$';

const NONE = Buffer.from('{}');
const NOTHING = Buffer.alloc(0);

/** The last revision there can be: of the record of a stream that was deleted for good, and before which a soft deletion hides. */
const TOMBSTONE = 2n ** 63n - 1n;

/** Of an event in the log, besides its data and metadata. */
const OVERHEAD = 100;
const EPOCH_BYTES = 164n;

/** Every so many events the server writes one about itself, as a real one does from time to time. */
const STATISTICS_EVERY = 7;

/**
 * The log of a simulated server, with a real server's answer for each case of appending again: at the expected
 * revision no id is looked at; below it the ids at those very revisions decide, for ever; `any` is remembered
 * in memory only.
 */
export class SimulatedLog {
  readonly events: SimulatedEvent[] = [];
  /** Emits `appended`. */
  readonly changes = new EventEmitter().setMaxListeners(0);
  private readonly streams = new Map<string, SimulatedEvent[]>();
  /** What the metadata of a stream say of which events are read. */
  private readonly limits = new Map<string, Limits>();
  private readonly remembered = new Map<string, AppendOutcome>();
  /** Positions of records that are no events: a read from there goes on behind them. */
  private readonly passedOver = new Set<bigint>();
  /** Up to here the log was written anew by a scavenge: a read from anywhere in it goes on at the next event. */
  private rewrittenTo = 0n;
  private end = 0n;

  constructor() {
    this.writeSystemEvent();
  }

  stream(name: string): readonly SimulatedEvent[] {
    return this.streams.get(name) ?? [];
  }

  /** What a read of the stream delivers. The log itself keeps the events of a deleted stream until it is scavenged. */
  readable(name: string): readonly SimulatedEvent[] {
    if (this.isTombstoned(name)) return [];
    const events = this.stream(name);
    const { truncateBefore, maxCount, maxAge } = this.limitsOf(name);
    const newest = events.filter(({ revision }) => revision >= truncateBefore).slice(-maxCount);
    const oldest = Date.now() - maxAge;
    return newest.filter(({ created }) => created >= oldest);
  }

  /** Whether a read finds no stream of the name: one of which all events are hidden is found, and is empty. */
  isMissing(name: string): boolean {
    return this.stream(name).length === 0 || this.isDeleted(name);
  }

  /** Whether nobody has written to it, nor metadata of it. */
  neverWas(name: string): boolean {
    return this.stream(name).length === 0 && this.stream(METADATA + name).length === 0;
  }

  /** Whether a read may begin there. A position beyond the end a real server takes in silence. */
  isBoundary(position: bigint, next: SimulatedEvent | undefined): boolean {
    return (
      next === undefined ||
      next.position === position ||
      position < this.rewrittenTo ||
      this.passedOver.has(position)
    );
  }

  /**
   * Deletes softly: the stream seems missing, may begin again, and then goes on counting. Who knows its last revision
   * appends behind it as if nothing had happened.
   */
  delete(name: string): bigint {
    this.hideBefore(name, TOMBSTONE);
    return this.events.at(-1)?.position ?? 0n;
  }

  /** Deletes for good: the stream is never read or written again, and a record in the log says so. */
  tombstone(name: string): bigint {
    const record = { id: randomUUID(), type: '$streamDeleted', contentType: 'application/octet-stream' };
    this.add(name, { ...record, data: NOTHING, metadata: NOTHING }, TOMBSTONE);
    this.changes.emit('appended');
    return this.events.at(-1)?.position ?? 0n;
  }

  /** Its metadata are deleted with it. */
  isTombstoned(name: string): boolean {
    return this.stream(originalOf(name)).at(-1)?.revision === TOMBSTONE;
  }

  /** Removes from the log, up to a position, what no read of its stream delivers any more, but never the stream's last event. */
  scavenge(until = this.end): void {
    const readable = new Set([...this.streams.keys()].flatMap((name) => this.readable(name)));
    const kept = this.events.filter(
      (event) => event.position >= until || readable.has(event) || event === this.stream(event.stream).at(-1),
    );
    this.rewrittenTo = until;
    this.events.splice(0, this.events.length, ...kept);
  }

  /** Hides a stream's events before a revision from those who read the stream, as `$tb` does. */
  hideBefore(name: string, revision: bigint): void {
    this.add(METADATA + name, eventOf('$metadata', Buffer.from(`{"$tb":${revision}}`)));
    this.changes.emit('appended');
  }

  append(stream: string, proposed: readonly ProposedEvent[], expected: ExpectedRevision): AppendOutcome {
    const current = this.stream(stream).at(-1)?.revision ?? -1n;
    if (expected === 'any' || expected === 'stream_exists') {
      const before = this.remembered.get(`${stream}/${proposed[0]?.id}`);
      if (before) return before;
      if (expected === 'stream_exists' && this.isMissing(stream))
        return { kind: 'wrong', current: 'no_stream' };
      return this.write(stream, proposed);
    }
    const wanted = expected === 'no_stream' ? -1n : expected;
    if (wanted === current) return this.write(stream, proposed);
    const again = this.again(stream, proposed, wanted);
    if (again) return again;
    if (wanted < 0n && this.isMissing(stream)) return this.write(stream, proposed);
    return { kind: 'wrong', current: current < 0n ? 'no_stream' : current };
  }

  /** Writes what another application writes: so many events, with so many bytes each. */
  fill(stream: string, count: number, bytes = 2): void {
    const data = Buffer.from(JSON.stringify('x'.repeat(bytes - 2)));
    for (let at = 0; at < count; at++) this.add(stream, eventOf('Tested', data));
    this.changes.emit('appended');
  }

  /** One event of another application, of such a size that the next one begins at the position. */
  fillUpTo(stream: string, position: bigint): void {
    this.fill(stream, 1, Number(position - this.end) - OVERHEAD - NONE.length);
  }

  /** A server that starts has forgotten what it kept in memory, and writes a record of it that is no event. */
  beginEpoch(): void {
    this.remembered.clear();
    this.passedOver.add(this.end);
    this.end += EPOCH_BYTES;
  }

  /** Loses the end of the log, as a restored backup does. */
  truncate(length: number): void {
    const lost = this.events.splice(length);
    for (const { stream } of lost) this.streams.get(stream)?.pop();
    this.end = lost[0]?.position ?? this.end;
    if (this.rewrittenTo > this.end) this.rewrittenTo = this.end;
    this.beginEpoch();
  }

  private again(
    stream: string,
    proposed: readonly ProposedEvent[],
    expected: bigint,
  ): AppendOutcome | undefined {
    const first = Number(expected) + 1;
    const stored = this.stream(stream).slice(first, first + proposed.length);
    const last = stored.at(-1);
    if (!last || stored.length < proposed.length) return undefined;
    const same = proposed.every(({ id }, index) => stored[index]?.id === id);
    // The server looks for the position as a reader would: of what is hidden it says none.
    const position = this.readable(stream).includes(last) ? last.position : undefined;
    return same ? { kind: 'written', revision: last.revision, position } : undefined;
  }

  private write(stream: string, proposed: readonly ProposedEvent[]): AppendOutcome {
    const original = originalOf(stream);
    const begunAgain = this.isDeleted(original);
    const first = this.stream(original).length;
    for (const event of proposed) this.add(stream, event);
    const last = this.stream(stream).at(-1);
    if (begunAgain) this.beginAgain(original, first);
    const outcome: AppendOutcome = {
      kind: 'written',
      revision: last?.revision ?? -1n,
      position: last?.position ?? 0n,
    };
    for (const { id } of proposed) this.remembered.set(`${stream}/${id}`, outcome);
    if (this.events.length % STATISTICS_EVERY === 0) this.writeSystemEvent();
    this.changes.emit('appended');
    return outcome;
  }

  private isDeleted(name: string): boolean {
    return this.limitsOf(name).truncateBefore === TOMBSTONE;
  }

  private writeSystemEvent(): void {
    this.add('$statistics', eventOf('$statistics', NONE));
  }

  /** Who writes to a stream that was deleted softly, or its metadata, brings it back, behind what it held. */
  private beginAgain(name: string, first: number): void {
    const [last] = this.readable(METADATA + name);
    const metadata = { ...(last && metadataIn(last)), $tb: first };
    this.add(METADATA + name, eventOf('$metadata', Buffer.from(JSON.stringify(metadata))));
  }

  /** Of metadata themselves only the last are read. */
  private limitsOf(name: string): Limits {
    return this.limits.get(name) ?? (name.startsWith(METADATA) ? { ...NO_LIMITS, maxCount: 1 } : NO_LIMITS);
  }

  private add(stream: string, event: ProposedEvent, revision?: bigint): void {
    const events = this.streams.get(stream) ?? [];
    this.streams.set(stream, events);
    const recorded = {
      ...event,
      stream,
      revision: revision ?? BigInt(events.length),
      position: this.end,
      created: Date.now(),
    };
    events.push(recorded);
    this.events.push(recorded);
    if (stream.startsWith(METADATA)) this.limits.set(originalOf(stream), limitsIn(recorded));
    this.end += BigInt(OVERHEAD + event.data.length + event.metadata.length);
  }
}

const originalOf = (name: string): string => (name.startsWith(METADATA) ? name.slice(METADATA.length) : name);

/** What somebody has written there that are none hides nothing. */
function metadataIn({ data }: ProposedEvent): Readonly<Record<string, number>> {
  try {
    return Object(JSON.parse(Buffer.from(data).toString())) as Record<string, number>;
  } catch {
    return {};
  }
}

function limitsIn(event: ProposedEvent): Limits {
  const { $tb, $maxCount, $maxAge } = metadataIn(event);
  return {
    // A number of JSON is not as exact.
    truncateBefore: $tb === Number(TOMBSTONE) ? TOMBSTONE : BigInt($tb ?? 0),
    maxCount: $maxCount ?? Infinity,
    maxAge: ($maxAge ?? Infinity) * 1000,
  };
}

const eventOf = (type: string, data: Uint8Array): ProposedEvent => ({
  id: randomUUID(),
  type,
  contentType: 'application/json',
  data,
  metadata: NONE,
});

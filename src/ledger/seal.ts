import { hash } from 'node:crypto';
import type { NewEvent } from '../event-store/event-store.js';
import { canonicalJson } from './canonical-json.js';
import type { EventMetadata, LedgerEvent } from './domain/events.js';
import { quoted } from './domain/json-text.js';
import { mainAccountStream } from './streams.js';

export const sha256 = (text: string): string => hash('sha256', text);

/** Where a stream stands: the next event links to it. */
export interface StreamHead {
  /** -1 before the first event. */
  readonly revision: number;
  readonly hash: string;
  /** recordedAt of the last event; empty before the first. The next one repeats it while the clock is behind. */
  readonly recordedAt: string;
}

export const emptyHead = (stream: string): StreamHead => ({
  revision: -1,
  hash: sha256(stream),
  recordedAt: '',
});

export type Provenance = Omit<EventMetadata, 'hash' | 'previousHash' | 'schema' | 'recordedAt'>;

/** An event ready to be stored, and the head that the stream has with it. */
interface SealedEvent {
  readonly event: NewEvent;
  readonly head: StreamHead;
}

/**
 * Links an event to the one before it: hash = SHA-256 over the canonical JSON of
 * {stream, revision, id, type, data, metadata without hash}. The recipe is in docs/reference/events.md.
 */
export function seal(
  mainAccountId: string,
  previous: StreamHead,
  { type, data }: LedgerEvent,
  provenance: Provenance,
  now: Date,
): SealedEvent {
  const revision = previous.revision + 1;
  const clock = isoTime(now);
  const recordedAt = clock > previous.recordedAt ? clock : previous.recordedAt;
  const dataText = canonicalJson(data);
  // Members in the order of the canonical form; by JSON.stringify it takes twice as long. What needs no escape is made
  // here, or was looked at when the account was loaded.
  const unhashed =
    `{"$causationId":${quoted(provenance.$causationId)},"$correlationId":${quoted(provenance.$correlationId)},` +
    `"actor":${quoted(provenance.actor)},"fingerprint":"${provenance.fingerprint}",` +
    `"idempotencyKey":${quoted(provenance.idempotencyKey)},"previousHash":"${previous.hash}",` +
    `"recordedAt":"${recordedAt}","schema":1}`;
  const id = eventIdOf(mainAccountId, provenance.idempotencyKey, unhashed);
  // The members of the canonical form in their order, so that data and metadata are serialised once.
  const digest = sha256(
    `{"data":${dataText},"id":"${id}","metadata":${unhashed},"revision":${revision},` +
      `"stream":${quoted(mainAccountStream(mainAccountId))},"type":"${type}"}`,
  );
  const metadata = `${unhashed.slice(0, -1)},"hash":"${digest}"}`;
  return { event: { id, type, data: dataText, metadata }, head: { revision, hash: digest, recordedAt } };
}

let [millisecond, written] = [Number.NaN, ''];

/** A time in ISO 8601. Much is of one millisecond, and each time it is written takes as long as a hash. */
export function isoTime(time: Date): string {
  if (time.getTime() !== millisecond) [millisecond, written] = [time.getTime(), time.toISOString()];
  return written;
}

/**
 * A UUID of version 8 (RFC 9562). Its first four groups say which command made the event, the same for ever; the last
 * says which booking of it, so that no store takes an event for the one that another replica made of the same command
 * at the same revision.
 */
function eventIdOf(mainAccountId: string, idempotencyKey: string, unhashed: string): string {
  const command = sha256(`${mainAccountId}/${idempotencyKey}/0`);
  const variant = ((Number.parseInt(command.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return (
    `${command.slice(0, 8)}-${command.slice(8, 12)}-8${command.slice(13, 16)}-${variant}${command.slice(17, 20)}-` +
    sha256(unhashed).slice(0, 12)
  );
}

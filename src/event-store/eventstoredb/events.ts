import {
  jsonEvent,
  type AllStreamResolvedEvent,
  type EventData,
  type Position as LogPosition,
  type ResolvedEvent,
} from '@eventstore/db-client';
import { StoreUnavailable } from '../errors.js';
import { START, type NewEvent, type Position, type RecordedEvent } from '../event-store.js';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * An event as the client takes it. The client serialises objects itself, so a text is kept only
 * if it is what JSON.stringify writes: the ledger's canonical JSON is.
 * @throws StoreUnavailable the event could not be kept as it is; nothing was sent
 */
export function toProposed({ id, type, data, metadata }: NewEvent): EventData {
  // The client would leave the call open for ever.
  if (!UUID.test(id)) throw new StoreUnavailable(`${id} is not a UUID`);
  return jsonEvent({ id, type, data: faithful(data), metadata: faithful(metadata) });
}

function faithful(text: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    if (JSON.stringify(value) === text) return value;
  } catch {
    // Not JSON at all: no more to be kept than JSON in another form.
  }
  throw new StoreUnavailable(`${text} would not come back as it is`);
}

/** @throws StoreUnavailable the event was written in a way in which the ledger does not write */
export function toRecorded({ event, commitPosition }: ResolvedEvent | AllStreamResolvedEvent): RecordedEvent {
  if (!event) throw new StoreUnavailable('the server sent an answer without an event');
  const { id, type, streamId, revision, data, metadata } = event;
  const commit = event.position?.commit ?? commitPosition;
  const prepare = event.position?.prepare ?? commit;
  if (commit === undefined || commit !== prepare)
    throw new StoreUnavailable(`event ${id} was committed at ${commit}, but prepared at ${prepare}`);
  return {
    id,
    type,
    stream: streamId,
    revision: Number(revision),
    position: commit,
    data: textOf(data),
    metadata: textOf(metadata ?? {}),
  };
}

const textOf = (value: unknown): string =>
  value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : JSON.stringify(value);

/** Where the client is to read or follow from. */
export const toLogPosition = (position: Position): LogPosition | 'start' =>
  position === START ? 'start' : { commit: position, prepare: position };

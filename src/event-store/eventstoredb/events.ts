import type { AllStreamResolvedEvent, Position as LogPosition, ResolvedEvent } from '@eventstore/db-client';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { StoreUnavailable } from '../errors.js';
import { START, type NewEvent, type Position, type RecordedEvent } from '../event-store.js';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

const utf8 = new TextEncoder();

/**
 * An event as the protocol takes it. The client parses what it reads, so a text comes back only if it is what
 * JSON.stringify writes: the ledger's canonical JSON is.
 * @throws StoreUnavailable the event could not be kept as it is; nothing was sent
 */
export function toProposed({ id, type, data, metadata }: NewEvent): streams.BatchAppendReq.ProposedMessage {
  if (!UUID.test(id)) throw new StoreUnavailable(`${id} is not a UUID`);
  const message = new streams.BatchAppendReq.ProposedMessage()
    .setId(new shared.UUID().setString(id))
    .setData(faithful(data))
    .setCustomMetadata(faithful(metadata));
  message.getMetadataMap().set('type', type).set('content-type', 'application/json');
  return message;
}

function faithful(text: string): Uint8Array {
  try {
    if (JSON.stringify(JSON.parse(text)) === text) return utf8.encode(text);
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

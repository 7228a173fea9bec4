import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { StoreUnavailable } from '../errors.js';
import { isEventId, type NewEvent } from '../event-store.js';

const utf8 = new TextEncoder();

/**
 * An event as the protocol takes it.
 * @throws StoreUnavailable the event could not be kept as it is; nothing was sent
 */
export function toProposed({ id, type, data, metadata }: NewEvent): streams.BatchAppendReq.ProposedMessage {
  if (!isEventId(id)) throw new StoreUnavailable(`${id} is no lower-case UUID`);
  const message = new streams.BatchAppendReq.ProposedMessage()
    .setId(new shared.UUID().setString(id))
    .setData(bytesOf(data))
    .setCustomMetadata(bytesOf(metadata));
  message.getMetadataMap().set('type', type).set('content-type', 'application/json');
  return message;
}

function bytesOf(text: string): Uint8Array {
  if (text.isWellFormed()) return utf8.encode(text);
  throw new StoreUnavailable(`${text} would not come back as it is`);
}

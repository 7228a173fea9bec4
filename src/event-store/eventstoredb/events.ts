import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { StoreUnavailable } from '../errors.js';
import type { NewEvent } from '../event-store.js';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

const utf8 = new TextEncoder();

/**
 * An event as the protocol takes it.
 * @throws StoreUnavailable the event could not be kept as it is; nothing was sent
 */
export function toProposed({ id, type, data, metadata }: NewEvent): streams.BatchAppendReq.ProposedMessage {
  if (!UUID.test(id)) throw new StoreUnavailable(`${id} is not a UUID`);
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

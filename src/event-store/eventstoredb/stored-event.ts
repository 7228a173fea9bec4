import streams from '@eventstore/db-client/generated/streams_pb.js';
import { StoreUnavailable } from '../errors.js';
import type { RecordedEvent } from '../event-store.js';

/** A place of the log as the protocol has it: in a log of many years a commit may be elsewhere than what it commits. */
export interface Place {
  readonly commit: string;
  readonly prepare: string;
}

/** An event as the server has it, of the ledger or not, its texts as they were written. */
export interface StoredEvent extends RecordedEvent {
  readonly place: Place;
}

/** Reads all of a message at once: kept for a page, it would take several times the memory. */
export function toStored(read: streams.ReadResp.ReadEvent): StoredEvent {
  // Only of a link nothing may be left, and links are not followed.
  const message = read.getEvent() ?? new streams.ReadResp.ReadEvent.RecordedEvent();
  const commit = message.getCommitPosition();
  return {
    id: message.getId()?.getString() ?? '',
    type: message.getMetadataMap().get('type') ?? '',
    data: utf8(message.getData_asU8()),
    metadata: utf8(message.getCustomMetadata_asU8()),
    stream: utf8(message.getStreamIdentifier()?.getStreamName_asU8()),
    revision: Number(message.getStreamRevision()),
    position: BigInt(commit),
    place: { commit, prepare: message.getPreparePosition() },
  };
}

/** @throws StoreUnavailable the event was written in a way in which the ledger does not write */
export function toRecorded({ place: { commit, prepare }, ...event }: StoredEvent): RecordedEvent {
  if (commit === prepare) return event;
  throw new StoreUnavailable(`event ${event.id} was committed at ${commit}, but prepared at ${prepare}`);
}

const utf8 = (bytes: Uint8Array = new Uint8Array()): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();

import streams from '@eventstore/db-client/generated/streams_pb.js';
import { StoreUnavailable } from '../errors.js';
import type { Position, RecordedEvent } from '../event-store.js';

/** A place of the log as the protocol has it: in a log of many years a commit may be elsewhere than what it commits. */
export interface Place {
  readonly commit: string;
  readonly prepare: string;
}

/** An event as the server sends it, in which nothing is read before it is asked for: most may be of others. */
export class StoredEvent {
  readonly stream: string;
  readonly position: Position;
  private readonly message: streams.ReadResp.ReadEvent.RecordedEvent;

  constructor(read: streams.ReadResp.ReadEvent) {
    // Only of a link nothing may be left, and links are not followed.
    this.message = read.getEvent() ?? new streams.ReadResp.ReadEvent.RecordedEvent();
    this.stream = utf8(this.message.getStreamIdentifier()?.getStreamName_asU8());
    this.position = BigInt(this.message.getCommitPosition());
  }

  get id(): string {
    return this.message.getId()?.getString() ?? '';
  }

  get place(): Place {
    return { commit: this.message.getCommitPosition(), prepare: this.message.getPreparePosition() };
  }

  /** The text as it was written. */
  get data(): string {
    return utf8(this.message.getData_asU8());
  }

  /** @throws StoreUnavailable the event was written in a way in which the ledger does not write */
  get recorded(): RecordedEvent {
    const { message, id, stream, position, data } = this;
    const { commit, prepare } = this.place;
    if (commit !== prepare)
      throw new StoreUnavailable(`event ${id} was committed at ${commit}, but prepared at ${prepare}`);
    return {
      id,
      type: message.getMetadataMap().get('type') ?? '',
      stream,
      revision: Number(message.getStreamRevision()),
      position,
      data,
      metadata: utf8(message.getCustomMetadata_asU8()),
    };
  }
}

const utf8 = (bytes: Uint8Array = new Uint8Array()): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();

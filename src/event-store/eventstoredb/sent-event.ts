import type { Packable, Span } from '../packed-events.js';
import { checkPlace, type Place, type PlacedMark, type StoredEvent } from './stored-event.js';

/** Of a text that is not there. */
export const NOWHERE: Span = [0, 0];

/**
 * An event in the answer that brings it, its texts still bytes. To keep it is to keep the answer, and whatever else the
 * runtime has put beside it. As the client's subscriptions see it, it is the answer.
 */
export class SentEvent {
  revision = 0;
  commit = 0n;
  prepare = 0n;
  streamAt = NOWHERE;
  idAt = NOWHERE;
  typeAt = NOWHERE;
  dataAt = NOWHERE;
  metadataAt = NOWHERE;

  constructor(private readonly answer: Buffer) {}

  get stream(): string {
    return this.text(this.streamAt);
  }

  get place(): Place {
    return { commit: this.commit, prepare: this.prepare };
  }

  hasEvent(): true {
    return true;
  }

  getEvent(): this {
    return this;
  }

  /** Without its data, which may be large. */
  mark(): PlacedMark {
    return { id: this.text(this.idAt), stream: this.stream, position: this.commit, place: this.place };
  }

  stored(): StoredEvent {
    const { revision, commit: position, place } = this;
    return {
      id: this.text(this.idAt),
      type: this.text(this.typeAt),
      data: this.text(this.dataAt),
      metadata: this.text(this.metadataAt),
      stream: this.stream,
      revision,
      position,
      place,
    };
  }

  /** @throws StoreUnavailable the event was written in a way in which the ledger does not write */
  packable(): Packable {
    const { answer, commit, prepare, revision, streamAt, idAt, typeAt, dataAt, metadataAt } = this;
    if (commit !== prepare) checkPlace(this.text(idAt), this);
    return { position: commit, revision, bytes: answer, texts: [streamAt, idAt, typeAt, dataAt, metadataAt] };
  }

  private text([from, end]: Span): string {
    return this.answer.toString('utf8', from, end);
  }
}

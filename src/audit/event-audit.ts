import type { RecordedEvent } from '../event-store/event-store.js';
import { readEvent, type ReadEvent } from './event-form.js';
import { idOfDigest, keyDigest, quoted, statedHash, textsHash } from './event-hash.js';
import type { Findings } from './findings.js';

/** A main account, and its stream in JSON. */
export interface AccountNames {
  readonly mainAccountId: string;
  readonly streamText: string;
}

/** An event of which all that does not depend on others has been checked. */
export interface CheckedEvent {
  /** The hash that it bears. */
  readonly hash: string;
  /** Undefined where its form is too bad for it to be booked. */
  readonly said?: ReadEvent;
  /** Of its key; undefined likewise. */
  readonly digest?: string;
}

/** Checks events each by itself: the form of what it says, its hash, and that its id follows from its key. */
export class EventAudit {
  constructor(private readonly findings: Findings) {}

  check(event: RecordedEvent, { mainAccountId, streamText }: AccountNames): CheckedEvent {
    const said = readEvent(event);
    if (typeof said === 'string') {
      this.findings.add('form', said, event);
      return { hash: statedHash(event) };
    }
    const { metadata, movement, data, unhashed, flaws } = said;
    const digest = keyDigest(mainAccountId, metadata.idempotencyKey);
    const id = idOfDigest(digest, said);
    const hash = textsHash(event.revision, {
      data,
      id: event.id === id ? `"${id}"` : quoted(event.id),
      unhashed,
      stream: streamText,
      type: `"${movement.type}"`,
    });
    if (hash !== metadata.hash)
      this.findings.add('hash', `its hash is ${metadata.hash}, but what it says makes ${hash}`, event);
    if (event.id !== id)
      this.findings.add(
        'id',
        `its id does not follow from its key and its metadata, which make ${id}`,
        event,
      );
    for (const { check, message } of flaws) this.findings.add(check, message, event);
    return { hash: hash === metadata.hash ? hash : statedHash(event), said, digest };
  }
}

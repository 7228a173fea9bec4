import type { RecordedEvent } from '../event-store/event-store.js';
import { readEvent, type ReadEvent } from './event-form.js';
import { escaped, idOfDigest, keyDigest, sha256, statedHash, textsHash } from './event-hash.js';
import type { Findings } from './findings.js';
import { isIdOf, KeyDigests, type KeyDigest } from './key-digests.js';

/** A main account, and its stream as it stands between quotes in JSON. */
export interface AccountNames {
  readonly mainAccountId: string;
  readonly streamText: string;
}

/** What an event says and the digest of its key, known once it is checked; or in words what is wrong with its form. */
export type EventRead =
  | { readonly said: ReadEvent; readonly digest: KeyDigest }
  | { readonly said: string; readonly digest: undefined };

/** Checks events each by itself: the form of what it says, its hash, and that its id follows from its key. */
export class EventAudit {
  constructor(
    private readonly findings: Findings,
    private readonly keys = new KeyDigests(),
  ) {}

  /** Reads an event, ahead of its check: keys of several that are read before one is checked are hashed together. */
  read(event: RecordedEvent, { mainAccountId }: AccountNames): EventRead {
    const said = readEvent(event);
    if (typeof said === 'string') return { said, digest: undefined };
    return { said, digest: this.keys.of(mainAccountId, said.metadata.idempotencyKey) };
  }

  /** @returns the hash that the event bears */
  check(
    event: RecordedEvent,
    { mainAccountId, streamText }: AccountNames,
    { said, digest }: EventRead,
  ): string {
    if (digest === undefined) {
      this.findings.add('form', said, event);
      return statedHash(event);
    }
    const { metadata, movement, data, unhashed, flaws } = said;
    this.keys.finish();
    const follows = isIdOf(event.id, digest, sha256(unhashed));
    const hash = textsHash(event.revision, {
      data,
      id: follows ? event.id : escaped(event.id),
      unhashed,
      stream: streamText,
      type: movement.type,
    });
    if (hash !== metadata.hash)
      this.findings.add('hash', `its hash is ${metadata.hash}, but what it says makes ${hash}`, event);
    if (!follows) {
      const id = idOfDigest(keyDigest(mainAccountId, metadata.idempotencyKey), said);
      this.findings.add(
        'id',
        `its id does not follow from its key and its metadata, which make ${id}`,
        event,
      );
    }
    for (const { check, message } of flaws) this.findings.add(check, message, event);
    return hash === metadata.hash ? hash : statedHash(event);
  }
}

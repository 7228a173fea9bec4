import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { RevisionConflict, StoreUnavailable } from '../event-store/errors.js';
import { EventStore, type NewEvent, type RecordedEvent } from '../event-store/event-store.js';
import type { NameSipAccount } from './name-sip-account.js';

const MAX_ATTEMPTS = 5;
/** Names kept in memory, over all accounts. */
const MAX_NAMES = 200_000;

/** Who names an account, and in answer to what. */
export interface NamingContext {
  readonly actor: string;
  readonly correlationId: string;
}

interface Profile {
  readonly names: ReadonlyMap<string, string>;
  /** The last event that is in it; undefined for a stream without events. */
  readonly last: RecordedEvent | undefined;
}

const NOBODY: Profile = { names: new Map(), last: undefined };

/**
 * The names that customers give their SIP accounts. They may be personal data, so they are kept apart from the
 * ledger: in a stream a main account of their own, which can be deleted, and in no read model. What is in memory
 * is checked against the stream at every read, so a deleted stream is forgotten at once.
 */
@Injectable()
export class Profiles {
  private readonly profiles = new LRUCache<string, Profile>({
    maxSize: MAX_NAMES,
    sizeCalculation: ({ names }) => Math.min(names.size + 1, MAX_NAMES),
  });

  constructor(private readonly store: EventStore) {}

  /** By SIP account; those without a name are not in it. @throws StoreUnavailable */
  async names(mainAccountId: string): Promise<ReadonlyMap<string, string>> {
    return (await this.load(mainAccountId)).names;
  }

  /**
   * Gives a SIP account a name, or takes it away with an empty one. Done twice, it is as done once.
   * @throws StoreUnavailable, OutcomeUnknown
   */
  async name({ mainAccountId, sipAccountId, name }: NameSipAccount, context: NamingContext): Promise<void> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const { names, last } = await this.load(mainAccountId);
      if ((names.get(sipAccountId) ?? '') === name) return;
      const event = named(sipAccountId, name, context);
      try {
        await this.store.append(streamOf(mainAccountId), [event], last?.revision ?? 'no-stream');
        return;
      } catch (error) {
        if (!(error instanceof RevisionConflict)) throw error;
      }
    }
    throw new StoreUnavailable(`lost ${MAX_ATTEMPTS} races for the names of this account`);
  }

  /** Forgets all names of a main account. Done twice, it is as done once. @throws StoreUnavailable, OutcomeUnknown */
  async erase(mainAccountId: string): Promise<void> {
    this.profiles.delete(mainAccountId);
    await this.store.deleteStream(streamOf(mainAccountId));
  }

  private async load(mainAccountId: string): Promise<Profile> {
    const known = this.profiles.get(mainAccountId);
    const profile =
      (known && (await this.resume(mainAccountId, known))) ?? (await this.fold(mainAccountId, NOBODY));
    this.profiles.set(mainAccountId, profile);
    return profile;
  }

  /** Undefined when the stream is not the one that was known: it was deleted since. */
  private async resume(mainAccountId: string, known: Profile): Promise<Profile | undefined> {
    const { last } = known;
    if (!last) return undefined;
    for await (const [first] of this.store.readStream(streamOf(mainAccountId), last.revision))
      return first?.id === last.id ? this.fold(mainAccountId, known) : undefined;
    return undefined;
  }

  /** Adds what the stream has after a profile. */
  private async fold(mainAccountId: string, { names: known, last: from }: Profile): Promise<Profile> {
    const names = new Map(known);
    let last = from;
    for await (const page of this.store.readStream(streamOf(mainAccountId), from ? from.revision + 1 : 0))
      for (const event of page) {
        const { sipAccountId, name } = JSON.parse(event.data) as SipAccountNamed;
        if (name === '') names.delete(sipAccountId);
        else names.set(sipAccountId, name);
        last = event;
      }
    return { names, last };
  }
}

/** The category has no hyphen of its own, as the ledger's. */
const streamOf = (mainAccountId: string): string => `profile-${mainAccountId}`;

/** The data of the one type of event. An empty name takes the name away. */
interface SipAccountNamed {
  readonly sipAccountId: string;
  readonly name: string;
}

const named = (sipAccountId: string, name: string, { actor, correlationId }: NamingContext): NewEvent => ({
  id: randomUUID(),
  type: 'SipAccountNamed',
  data: JSON.stringify({ sipAccountId, name } satisfies SipAccountNamed),
  metadata: JSON.stringify({
    actor,
    recordedAt: new Date().toISOString(),
    $correlationId: correlationId,
    $causationId: correlationId,
  }),
});

import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { RevisionConflict, StoreUnavailable } from '../event-store/errors.js';
import {
  EventStore,
  type NewEvent,
  type Position,
  type RecordedEvent,
  START,
} from '../event-store/event-store.js';
import { MainAccountNotFound } from '../ledger/domain/errors.js';
import { mainAccountStream } from '../ledger/streams.js';
import type { NameSipAccount } from './name-sip-account.js';
import { parseProfileEvent, type ProfileEvent, profileStream } from './profile-events.js';

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
 * ledger: in a stream a main account of their own, which can be deleted. What is in memory is checked against the
 * stream at every read, so a deleted stream is forgotten at once.
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
   * @returns the position in the log from which on it has that name
   * @throws StoreUnavailable, OutcomeUnknown
   */
  name({ mainAccountId, sipAccountId, name }: NameSipAccount, context: NamingContext): Promise<Position> {
    return this.race(async () => {
      const { names, last } = await this.load(mainAccountId);
      if ((names.get(sipAccountId) ?? '') === name) return last?.position ?? START;
      const event = newEvent({ type: 'SipAccountNamed', data: { sipAccountId, name } }, context);
      return this.store.append(profileStream(mainAccountId), [event], last?.revision ?? 'no-stream');
    });
  }

  /**
   * Forgets all names of a main account; done again, it does no harm. One event is left, which says so to the read
   * models: a deletion tells them nothing.
   * @returns the position in the log from which on there are no names
   * @throws MainAccountNotFound, StoreUnavailable, OutcomeUnknown
   */
  erase(mainAccountId: string, context: NamingContext): Promise<Position> {
    return this.race(async () => {
      const stream = profileStream(mainAccountId);
      // Else an id with a slip of the pen would pass for an erasure.
      if (!(await this.isThere(stream)) && !(await this.isThere(mainAccountStream(mainAccountId))))
        throw new MainAccountNotFound(mainAccountId);
      this.profiles.delete(mainAccountId);
      await this.store.deleteStream(stream);
      const event = newEvent({ type: 'NamesErased', data: {} }, context);
      return this.store.append(stream, [event], 'no-stream');
    });
  }

  private async isThere(stream: string): Promise<boolean> {
    return (await this.store.firstFrom(stream, 0)) !== undefined;
  }

  private async race(attempt: () => Promise<Position>): Promise<Position> {
    for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++)
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof RevisionConflict)) throw error;
      }
    throw new StoreUnavailable(`lost ${MAX_ATTEMPTS} races for the names of this account`);
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
    const first = await this.store.firstFrom(profileStream(mainAccountId), last.revision);
    return first?.id === last.id ? this.fold(mainAccountId, known) : undefined;
  }

  /** Adds what the stream has after a profile. */
  private async fold(mainAccountId: string, { names: known, last: from }: Profile): Promise<Profile> {
    const names = new Map(known);
    let last = from;
    for await (const page of this.store.readStream(
      profileStream(mainAccountId),
      from ? from.revision + 1 : 0,
    ))
      for (const event of page) {
        apply(names, parseProfileEvent(event.type, event.data));
        last = event;
      }
    return { names, last };
  }
}

function apply(names: Map<string, string>, { type, data }: ProfileEvent): void {
  if (type === 'NamesErased') names.clear();
  else if (data.name === '') names.delete(data.sipAccountId);
  else names.set(data.sipAccountId, data.name);
}

const newEvent = ({ type, data }: ProfileEvent, { actor, correlationId }: NamingContext): NewEvent => ({
  id: randomUUID(),
  type,
  data: JSON.stringify(data),
  metadata: JSON.stringify({
    actor,
    recordedAt: new Date().toISOString(),
    $correlationId: correlationId,
    $causationId: correlationId,
  }),
});

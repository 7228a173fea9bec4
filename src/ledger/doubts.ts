import { OutcomeUnknown, RevisionConflict } from '../event-store/errors.js';
import type { EventStore, NewEvent, StreamRevision } from '../event-store/event-store.js';
import type { Order } from './booking.js';
import type { EventMetadata } from './domain/events.js';
import type { Pending } from './pending.js';

/** With so many appends in doubt an account has enough of them; those on their way at that moment may come on top. */
const ENOUGH = 16;
/** What an event takes in memory, roughly. */
const EVENT_BYTES = 1000;

interface Append {
  readonly events: readonly NewEvent[];
  readonly expected: StreamRevision;
}

interface Doubt extends Append {
  readonly keys: ReadonlySet<string>;
}

/** Shared by all the accounts that have no doubts, which are nearly all. */
const NONE: readonly Doubt[] = [];

/**
 * The appends of an account that ended in doubt, oldest first. While the stream stands where it stood each of them may
 * still come to be written, so to refuse one of its keys would be to call an unknown outcome a failure.
 */
export class Doubts {
  private doubts = NONE;

  constructor(
    private readonly store: EventStore,
    private readonly stream: string,
  ) {}

  /** Whether there are any. */
  get some(): boolean {
    return this.doubts.length > 0;
  }

  /** Whether they have to be settled before the account is written to again: none may be forgotten. */
  get enough(): boolean {
    return this.doubts.length >= ENOUGH;
  }

  /** Roughly how much memory they take. */
  get bytes(): number {
    return this.doubts.reduce((sum, { events }) => sum + EVENT_BYTES * events.length, 0);
  }

  add(append: Append): void {
    const keys = append.events.map(({ metadata }) => (JSON.parse(metadata) as EventMetadata).idempotencyKey);
    // Appends to one place settle each other: commands that are repeated take no more room.
    const known = this.doubts.some(
      (doubt) => doubt.expected === append.expected && keys.every((key) => doubt.keys.has(key)),
    );
    if (known) return;
    this.doubts = [...this.doubts, { ...append, keys: new Set(keys) }];
  }

  /** Whether a key of these commands is in doubt. */
  concern({ asked }: Pending): boolean {
    return asked.some(({ order }) => order.command !== undefined && this.hold(order));
  }

  /** Whether what was booked with a key that is in doubt is only asked for, which settles nothing. */
  leaveOpen({ asked }: Pending): boolean {
    return asked.some(({ order }) => order.command === undefined && this.hold(order));
  }

  /**
   * Sends them again as they were: each then is in the log, or never can be. None is sent after one that never can be,
   * for it may rest on it. To be called while nothing else of the account is on its way.
   * @throws OutcomeUnknown when they stay in doubt
   */
  async settle(): Promise<void> {
    try {
      for (const { events, expected } of this.doubts) await this.store.append(this.stream, events, expected);
    } catch (error) {
      if (!(error instanceof RevisionConflict))
        throw new OutcomeUnknown('an earlier append is still in doubt', { cause: error });
    }
    this.forget();
  }

  /** The stream was read up to a revision: what was to go before that is in what was read, or never can be. */
  forgetUpTo(revision: number): void {
    const left = this.doubts.filter(({ expected }) => (expected === 'no-stream' ? -1 : expected) >= revision);
    this.doubts = left.length > 0 ? left : NONE;
  }

  /** The stream has moved, so none of them is in doubt any more. */
  forget(): void {
    this.doubts = NONE;
  }

  private hold({ idempotencyKey }: Order): boolean {
    return this.doubts.some(({ keys }) => keys.has(idempotencyKey));
  }
}

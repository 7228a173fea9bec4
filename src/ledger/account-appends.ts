import { OutcomeUnknown } from '../event-store/errors.js';
import type { EventStore } from '../event-store/event-store.js';
import type { Backlog } from './backlog.js';
import { Doubts } from './doubts.js';
import type { LedgerObserver } from './ledger-observer.js';
import { isRefused, type Decided, type Pending } from './pending.js';
import type { BookedDecision } from './speculation.js';

/** What an account's appends go through. */
export interface AppendsThrough {
  readonly store: EventStore;
  readonly observer: LedgerObserver;
  readonly backlog: Backlog;
}

/** The appends of one account's stream, each behind the one sent before it, and those that ended in doubt. */
export class AccountAppends {
  /** Revision that the stream has once all that is on its way is in the log; -1 when it is to be made. */
  private sentRevision = -1;
  private readonly doubts: Doubts;

  constructor(
    private readonly stream: string,
    private readonly through: AppendsThrough,
  ) {
    this.doubts = new Doubts(through.store, stream);
  }

  /** Roughly how much memory the doubts take. */
  get bytes(): number {
    return this.doubts.bytes;
  }

  get someInDoubt(): boolean {
    return this.doubts.some;
  }

  /** Whether so many are in doubt that `settle` comes before any further append. */
  get enoughInDoubt(): boolean {
    return this.doubts.enough;
  }

  /** The stream was read up to here, while nothing was on its way. */
  goOnFrom(revision: number): void {
    this.sentRevision = revision;
    this.doubts.forgetUpTo(revision);
  }

  /** @throws RevisionConflict, StoreUnavailable, OutcomeUnknown */
  async append(booked: readonly BookedDecision[]): Promise<void> {
    const { store, observer, backlog } = this.through;
    const events = booked.map(({ event }) => event);
    const expected = this.sentRevision < 0 ? 'no-stream' : this.sentRevision;
    this.sentRevision += events.length;
    const started = performance.now();
    try {
      const position = await store.append(this.stream, events, expected);
      for (const { known } of booked) known.position = position;
      backlog.add(booked.length, position);
      this.doubts.forget();
    } catch (error) {
      if (error instanceof OutcomeUnknown) this.doubts.add({ events, expected });
      throw error;
    } finally {
      observer.append(events.length, (performance.now() - started) / 1000);
    }
  }

  /** Whether a key of these commands is in doubt: then `settle` comes before they are decided again. */
  inDoubt(pending: Pending): boolean {
    return this.doubts.concern(pending);
  }

  /** Whether the answer would be that nothing was booked with a key, which an append in doubt may still do. */
  leavesOpen({ pending, decisions }: Decided): boolean {
    return this.doubts.some && decisions.some(isRefused) && this.doubts.leaveOpen(pending);
  }

  /** To be called while nothing is on its way. @throws OutcomeUnknown when what is in doubt stays so */
  settle(): Promise<void> {
    return this.doubts.settle();
  }

  /**
   * Whether the refusals of a batch that booked nothing are to be decided again. A key that is in doubt is not refused.
   * And a refusal is only as good as the state it rests on: an append is checked by its expected revision, refusals are
   * not, so where another process may write, look whether it has.
   */
  async outdated(batch: readonly Decided[]): Promise<boolean> {
    const refused = batch.filter(({ decisions }) => decisions.some(isRefused)).map(({ pending }) => pending);
    if (refused.some((pending) => this.inDoubt(pending))) return true;
    if (this.through.store.exclusive || refused.every(({ fresh }) => fresh)) return false;
    return (await this.through.store.firstFrom(this.stream, this.sentRevision + 1)) !== undefined;
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import { OutcomeUnknown, RevisionConflict, StoreUnavailable, StreamDamaged } from '../event-store/errors.js';
import { MAX_APPEND } from '../event-store/event-store.js';
import { AccountAppends, type AppendsThrough } from './account-appends.js';
import type { AccountLoader } from './account-loader.js';
import type { AccountsIndex } from './accounts-index.js';
import { turnAway, type Asked } from './asked.js';
import { Callers } from './callers.js';
import type { HeldCommands } from './held-commands.js';
import { bookedIn, isRefused, type Decided, type Pending } from './pending.js';
import { Speculation } from './speculation.js';
import { mainAccountStream } from './streams.js';

/** Commands that may wait for one account before further ones are turned away. */
const MAX_WAITING = 10_000;
/** Races with another replica that a command may lose before it is given up. */
const MAX_ATTEMPTS = 10;
/** Appends of one account that may be on their way at once. Where others write too it is one: the store may swap two. */
const MAX_FLIGHTS = 16;

/** What an account takes in memory, without its SIP accounts and recent commands. */
const ACCOUNT_BYTES = 1800;

/** What a writer works with, the same for all of them. */
export interface Collaborators extends AppendsThrough {
  readonly loader: AccountLoader;
  readonly index: AccountsIndex;
  readonly held: HeldCommands;
  readonly now: () => Date;
}

/**
 * The one writer of a main account in this process. Commands that come in together are decided together, on the state
 * as it will be once all that is on its way is in the log, and leave in one append. What was decided on events that
 * are not yet durable, refusals and replays too, is answered only when they are. When an append fails, the speculation
 * is dropped with the state, and everything that rested on it is decided again from the log.
 */
export class AccountWriter {
  private readonly stream: string;
  private readonly maxFlights: number;
  private readonly callers: Callers;
  private readonly appends: AccountAppends;
  private speculation: Speculation | undefined;
  private waiting: Pending[] = [];
  /** What has to be decided again, ahead of all that waits. */
  private again: Pending[] = [];
  /** Appends, or answers that rest on them, that are on their way. */
  private flights = 0;
  /** Whether all that was sent so far is in the log. */
  private landed = Promise.resolve(true);
  private loading = false;

  /** @param wake asks for a call of `advance` soon */
  constructor(
    readonly mainAccountId: string,
    private readonly shared: Collaborators,
    private readonly wake: () => void,
  ) {
    this.stream = mainAccountStream(mainAccountId);
    this.callers = new Callers(shared.observer);
    this.appends = new AccountAppends(this.stream, shared);
    this.maxFlights = shared.store.exclusive ? MAX_FLIGHTS : 1;
  }

  /** Commands on their way. */
  get depth(): number {
    return this.callers.onTheirWay;
  }

  /** Roughly how much memory the account takes. */
  get bytes(): number {
    return ACCOUNT_BYTES + (this.speculation?.bytes ?? 0) + this.appends.bytes;
  }

  /** True when nothing is on its way. */
  get idle(): boolean {
    return this.depth === 0 && this.flights === 0 && !this.loading;
  }

  /** Whether an append of it ended in doubt, and the stream has not moved since. */
  get inDoubt(): boolean {
    return this.appends.someInDoubt;
  }

  /**
   * Takes orders that stand or fall together, at most MAX_APPEND.
   * What becomes of each is told: Refusal, StoreUnavailable, OutcomeUnknown, where it is not booked.
   * @param broken whether another one of them could not be read
   */
  submit(asked: readonly Asked[], broken: boolean): void {
    if (this.depth >= MAX_WAITING)
      return turnAway(asked, new StoreUnavailable(`${MAX_WAITING} commands already wait for this account`));
    this.waiting.push(this.callers.take(asked, broken));
    this.wake();
  }

  /** Forgets the commands that the index has by now. @returns whether that is all of them */
  prune(): boolean {
    return this.speculation?.prune() ?? true;
  }

  /** Tries to settle what is in doubt. To be called while it is idle. Never rejects. */
  async settle(): Promise<void> {
    this.loading = true;
    // What it may write is not in the state.
    this.speculation = undefined;
    await this.appends.settle().catch(() => undefined);
    this.loading = false;
    this.wake();
  }

  /** Loads the account, or decides what waits and sends it. Never throws. */
  advance(): void {
    if (!this.speculation) {
      if (this.flights === 0 && !this.loading && this.depth > 0) void this.load();
      return;
    }
    while (this.waiting.length > 0 && this.flights < this.maxFlights)
      this.send(this.speculation, this.take());
  }

  private async load(): Promise<void> {
    this.loading = true;
    // Without a pause when there is nothing to settle: accounts that are loaded in one step are read in one transaction.
    if (this.again.length > 0 || this.appends.enoughInDoubt)
      this.waiting.unshift(...(await this.settled(this.again.splice(0))));
    for (const pending of this.waiting) pending.fresh = true;
    const asked = this.waiting.length;
    try {
      if (this.appends.enoughInDoubt)
        throw new StoreUnavailable('too many appends to this account are in doubt');
      const { loader, index, held, now } = this.shared;
      const loaded = await loader.load(this.mainAccountId);
      this.speculation = new Speculation(loaded, index, held, now);
      this.appends.goOnFrom(this.speculation.revision);
      this.landed = Promise.resolve(true);
    } catch (error) {
      for (const pending of this.waiting.splice(0, asked)) this.callers.fail(pending, error);
    }
    this.loading = false;
    this.wake();
  }

  /** @returns those that can be decided again; whose keys stay in doubt is told so */
  private async settled(again: readonly Pending[]): Promise<readonly Pending[]> {
    const inDoubt = again.filter((pending) => this.appends.inDoubt(pending));
    if (inDoubt.length === 0 && !this.appends.enoughInDoubt) return again;
    try {
      await this.appends.settle();
      return again;
    } catch (error) {
      for (const pending of inDoubt) this.callers.fail(pending, error);
      return again.filter((pending) => !this.appends.inDoubt(pending));
    }
  }

  private take(): readonly Pending[] {
    let orders = 0;
    const end = this.waiting.findIndex(({ asked }) => (orders += asked.length) > MAX_APPEND);
    return this.waiting.splice(0, end < 0 ? this.waiting.length : end);
  }

  private send(speculation: Speculation, pendings: readonly Pending[]): void {
    const batch: Decided[] = [];
    for (const pending of pendings)
      try {
        const orders = pending.asked.map(({ order }) => order);
        batch.push({ pending, decisions: speculation.decide(orders, pending.broken) });
      } catch (error) {
        this.callers.fail(pending, error);
      }
    this.flights += 1;
    this.landed = this.fly(batch, this.landed);
  }

  /**
   * @param before whether all that was sent earlier is in the log
   * @returns whether it all is with this batch; never rejected
   */
  private async fly(batch: readonly Decided[], before: Promise<boolean>): Promise<boolean> {
    const booked = bookedIn(batch);
    try {
      if (booked.length > 0) await this.appends.append(booked);
      const sound = await before;
      if (booked.length === 0 && (!sound || (await this.appends.outdated(batch)))) {
        this.startOver(batch);
        return sound;
      }
      if (!sound) throw new OutcomeUnknown('the append ahead of this one ended in doubt');
      for (const decided of batch)
        if (this.appends.leavesOpen(decided))
          this.callers.fail(decided.pending, new OutcomeUnknown('an append with this key is in doubt'));
        else this.callers.tell(decided);
      this.prune();
      return true;
    } catch (error) {
      await before;
      await this.recover(batch, error);
      return false;
    } finally {
      this.flights -= 1;
      this.wake();
    }
  }

  /** After a failed append: who waited for it is told, or tries again; the others are decided afresh. */
  private async recover(batch: readonly Decided[], error: unknown): Promise<void> {
    const lostRace = error instanceof RevisionConflict;
    const again: Decided[] = [];
    for (const decided of batch) {
      const { pending, decisions } = decided;
      if (decisions.every(isRefused)) again.push(decided);
      else if (!lostRace) this.callers.fail(pending, error);
      else if (++pending.attempts < MAX_ATTEMPTS) again.push(decided);
      else
        this.callers.fail(
          pending,
          new StoreUnavailable(`lost ${MAX_ATTEMPTS} races for this account`, { cause: error }),
        );
    }
    const attempts = Math.max(0, ...batch.map(({ pending }) => pending.attempts));
    this.startOver(again);
    if (lostRace) await delay(Math.random() * 2 ** attempts);
    if (error instanceof OutcomeUnknown)
      this.shared.observer.alarm('the store could not say whether an append was made', {
        stream: this.stream,
      });
    if (error instanceof StreamDamaged)
      this.shared.observer.alarm(error.message, { mainAccountId: this.mainAccountId });
  }

  /** Drops the state with all speculation; the commands wait to be decided on what the log says. */
  private startOver(decided: readonly Decided[]): void {
    this.speculation = undefined;
    this.again.push(...decided.map(({ pending }) => pending));
  }
}

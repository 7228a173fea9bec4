import { setTimeout as delay } from 'node:timers/promises';
import { OutcomeUnknown, RevisionConflict, StoreUnavailable } from '../event-store/errors.js';
import type { EventStore } from '../event-store/event-store.js';
import type { AccountLoader } from './account-loader.js';
import type { AccountsIndex } from './accounts-index.js';
import type { Booking, Order } from './booking.js';
import { Refusal } from './domain/errors.js';
import type { LedgerObserver } from './ledger-observer.js';
import { bookedIn, isRefused, type Asked, type Decided, type Pending } from './pending.js';
import { Speculation, type BookedDecision } from './speculation.js';
import { mainAccountStream } from './streams.js';

/** Events an append carries at most: with the limits on their fields it stays under EventStoreDB's 1 MiB. */
export const MAX_BATCH = 400;
/** Commands that may wait for one account before further ones are turned away. */
const MAX_WAITING = 10_000;
/** Races with another replica that a command may lose before it is given up. */
const MAX_ATTEMPTS = 10;

/** What a writer works with, the same for all of them. */
export interface Collaborators {
  readonly store: EventStore;
  readonly loader: AccountLoader;
  readonly index: AccountsIndex;
  readonly observer: LedgerObserver;
  readonly now: () => Date;
}

/**
 * The one writer of a main account in this process. While an append is in flight, later commands are decided
 * on the state as it will be and leave together in the next append. What was decided on events that are not
 * yet durable, refusals and replays too, is answered only when they are. When an append fails, the speculation
 * is dropped with the state, and everything that rested on it is decided again from the log.
 */
export class AccountWriter {
  private readonly stream: string;
  private speculation: Speculation | undefined;
  private durableRevision = -1;
  private waiting: Pending[] = [];
  private decided: Decided[] = [];
  private ordersOnTheirWay = 0;
  private running: Promise<void> | undefined;

  /** @param onIdle called when nothing is on its way any more */
  constructor(
    private readonly mainAccountId: string,
    private readonly shared: Collaborators,
    private readonly onIdle: () => void,
  ) {
    this.stream = mainAccountStream(mainAccountId);
  }

  /** Commands on their way. */
  get depth(): number {
    return this.ordersOnTheirWay;
  }

  /** Roughly how much memory the account takes, in entries. */
  get weight(): number {
    return 1 + (this.speculation?.weight ?? 0);
  }

  /** Resolves when nothing is on its way. */
  async whenIdle(): Promise<void> {
    await this.running;
  }

  /**
   * Takes orders that stand or fall together, at most MAX_BATCH.
   * @returns what becomes of each; rejected with Refusal, StoreUnavailable, OutcomeUnknown
   */
  submit(orders: readonly Order[]): readonly Promise<Booking>[] {
    if (this.depth >= MAX_WAITING) {
      const error = new StoreUnavailable(`${MAX_WAITING} commands already wait for this account`);
      return orders.map(() => Promise.reject(error));
    }
    const asked: Asked[] = [];
    const bookings = orders.map(
      (order) => new Promise<Booking>((resolve, reject) => asked.push({ order, resolve, reject })),
    );
    this.ordersOnTheirWay += orders.length;
    const pending = { asked, attempts: 0, fresh: false };
    if (this.speculation) this.decide(this.speculation, pending);
    else this.waiting.push(pending);
    this.running ??= this.run();
    return bookings;
  }

  private async run(): Promise<void> {
    // Lets the other requests of this turn of the event loop join the first append.
    await new Promise(setImmediate);
    while (this.depth > 0) {
      if (!this.speculation) await this.load();
      else await this.send(this.speculation, this.take());
    }
    this.running = undefined;
    this.onIdle();
  }

  private async load(): Promise<void> {
    for (const pending of this.waiting) pending.fresh = true;
    try {
      const loaded = await this.shared.loader.load(this.mainAccountId);
      const speculation = new Speculation(loaded, this.shared.index, this.shared.now);
      this.speculation = speculation;
      this.durableRevision = speculation.revision;
      for (const pending of this.waiting.splice(0)) this.decide(speculation, pending);
    } catch (error) {
      for (const pending of this.waiting.splice(0)) this.fail(pending, error);
    }
  }

  private decide(speculation: Speculation, pending: Pending): void {
    try {
      const decisions = speculation.decide(pending.asked.map(({ order }) => order));
      this.decided.push({ pending, decisions });
    } catch (error) {
      this.fail(pending, error);
    }
  }

  private take(): readonly Decided[] {
    let events = 0;
    const end = this.decided.findIndex((decided) => (events += bookedIn(decided).length) > MAX_BATCH);
    return this.decided.splice(0, end < 0 ? this.decided.length : end);
  }

  private async send(speculation: Speculation, batch: readonly Decided[]): Promise<void> {
    const booked = batch.flatMap(bookedIn);
    try {
      if (booked.length > 0) await this.append(booked);
      else if (await this.stale(batch)) return this.startOver([...batch, ...this.decided.splice(0)]);
      for (const decided of batch) this.settle(decided);
      speculation.prune();
    } catch (error) {
      await this.recover(batch, error);
    }
  }

  private async append(booked: readonly BookedDecision[]): Promise<void> {
    const events = booked.map(({ event }) => event);
    const expected = this.durableRevision < 0 ? 'no-stream' : this.durableRevision;
    const started = performance.now();
    try {
      const position = await this.shared.store.append(this.stream, events, expected);
      this.durableRevision += events.length;
      for (const { known } of booked) known.position = position;
    } finally {
      this.shared.observer.append(events.length, (performance.now() - started) / 1000);
    }
  }

  /**
   * A refusal is only as good as the state it rests on. An append is checked by its expected revision, a batch
   * of refusals is not: where another process may write, look whether it has.
   */
  private async stale(batch: readonly Decided[]): Promise<boolean> {
    if (this.shared.store.exclusive) return false;
    if (batch.every(({ pending, decisions }) => pending.fresh || !decisions.some(isRefused))) return false;
    for await (const _ of this.shared.store.readStream(this.stream, this.durableRevision + 1)) return true;
    return false;
  }

  private settle({ pending, decisions }: Decided): void {
    for (const [at, asked] of pending.asked.entries()) {
      const decision = decisions[at]!;
      if (decision.kind === 'refused') this.turnAway(asked, decision.refusal);
      else {
        this.ordersOnTheirWay -= 1;
        this.shared.observer.command(asked.order.type, decision.kind);
        const { receipt, position } = decision.known;
        asked.resolve({ receipt, position, replayed: decision.kind === 'replayed' });
      }
    }
  }

  private fail({ asked }: Pending, error: unknown): void {
    for (const each of asked) this.turnAway(each, error);
  }

  private turnAway({ order, reject }: Asked, error: unknown): void {
    const outcome = error instanceof Refusal ? error.code : error instanceof Error ? error.name : 'error';
    this.ordersOnTheirWay -= 1;
    this.shared.observer.command(order.type, outcome);
    reject(error);
  }

  /** After a failed append: who waited for it is told, or tries again; the others are decided afresh. */
  private async recover(batch: readonly Decided[], error: unknown): Promise<void> {
    const lostRace = error instanceof RevisionConflict;
    const again: Decided[] = [];
    for (const decided of batch) {
      const { pending, decisions } = decided;
      if (decisions.every(isRefused)) again.push(decided);
      else if (!lostRace) this.fail(pending, error);
      else if (++pending.attempts < MAX_ATTEMPTS) again.push(decided);
      else
        this.fail(
          pending,
          new StoreUnavailable(`lost ${MAX_ATTEMPTS} races for this account`, { cause: error }),
        );
    }
    const attempts = Math.max(0, ...batch.map(({ pending }) => pending.attempts));
    this.startOver([...again, ...this.decided.splice(0)]);
    if (lostRace) await delay(Math.random() * 2 ** attempts);
    if (error instanceof OutcomeUnknown)
      this.shared.observer.alarm('the store could not say whether an append was made', {
        stream: this.stream,
      });
  }

  /** Drops the state with all speculation; the commands wait to be decided on what the log says. */
  private startOver(decided: readonly Decided[]): void {
    this.speculation = undefined;
    this.waiting = [...decided.map(({ pending }) => pending), ...this.waiting];
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import { OutcomeUnknown, RevisionConflict, StoreUnavailable } from '../event-store/errors.js';
import type { EventStore, NewEvent, Position } from '../event-store/event-store.js';
import { prune, type AccountLoader, type LoadedAccount } from './account-loader.js';
import type { AccountsIndex, KnownCommand } from './accounts-index.js';
import { evolve, type Account } from './domain/account.js';
import { CommandNotFound, IdempotencyKeyReused, Refusal } from './domain/errors.js';
import type { LedgerEvent } from './domain/events.js';
import { receiptOf } from './domain/receipt.js';
import type { LedgerObserver } from './ledger-observer.js';
import { eventIdOf, seal, type Provenance } from './seal.js';
import { mainAccountStream } from './streams.js';

/** Events an append carries at most: with the limits on their fields it stays under EventStoreDB's 1 MiB. */
const MAX_BATCH = 400;
/** Commands that may wait for one account before further ones are turned away. */
const MAX_WAITING = 10_000;
/** Races with another replica that a command may lose before it is given up. */
const MAX_ATTEMPTS = 10;
/** Position of a command whose append has not come back; above every real one. */
const NOT_YET: Position = 2n ** 63n;

/** What the writer is asked: to book a command once, or, without one, what was booked with the key. */
export interface Order {
  /** The command's name, for the figures. */
  readonly type: string;
  readonly idempotencyKey: string;
  readonly command?: {
    readonly provenance: Provenance;
    readonly decide: (account: Account) => LedgerEvent;
  };
}

/** What became of a command. */
export interface Booking {
  /** JSON text of the receipt, the same byte for byte on every replay. */
  readonly receipt: string;
  readonly position: Position;
  /** True when the key was known and nothing was written. */
  readonly replayed: boolean;
}

/** What a writer works with, the same for all of them. */
export interface Collaborators {
  readonly store: EventStore;
  readonly loader: AccountLoader;
  readonly index: AccountsIndex;
  readonly observer: LedgerObserver;
  readonly now: () => Date;
}

interface Pending {
  readonly order: Order;
  readonly resolve: (booking: Booking) => void;
  readonly reject: (error: unknown) => void;
  attempts: number;
  /** True once the stream's tail has been read after the command came in. */
  fresh: boolean;
}

type Decided =
  | {
      readonly pending: Pending;
      readonly kind: 'booked';
      readonly event: NewEvent;
      readonly known: KnownEntry;
    }
  | { readonly pending: Pending; readonly kind: 'replayed'; readonly known: KnownEntry }
  | { readonly pending: Pending; readonly kind: 'refused'; readonly refusal: Refusal };

type KnownEntry = { -readonly [K in keyof KnownCommand]: KnownCommand[K] };

/**
 * The one writer of a main account in this process. While an append is in flight, later commands are decided
 * on the state as it will be and leave together in the next append. What was decided on events that are not
 * yet durable, refusals and replays too, is answered only when they are. When an append fails, the speculation
 * is dropped with the state, and everything that rested on it is decided again from the log.
 */
export class AccountWriter {
  private readonly stream: string;
  private loaded: LoadedAccount | undefined;
  private durableRevision = -1;
  private waiting: Pending[] = [];
  private decided: Decided[] = [];
  private inFlight: readonly Decided[] = [];
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
    return this.waiting.length + this.decided.length + this.inFlight.length;
  }

  /** Roughly how much memory the account takes, in entries. */
  get weight(): number {
    return 1 + (this.loaded ? this.loaded.account.sipAccounts.size + this.loaded.tail.size : 0);
  }

  /** Resolves when nothing is on its way. */
  async whenIdle(): Promise<void> {
    await this.running;
  }

  /** @throws Refusal, StoreUnavailable, OutcomeUnknown */
  submit(order: Order): Promise<Booking> {
    if (this.depth >= MAX_WAITING)
      return Promise.reject(new StoreUnavailable(`${MAX_WAITING} commands already wait for this account`));
    return new Promise((resolve, reject) => {
      const pending = { order, resolve, reject, attempts: 0, fresh: false };
      if (this.loaded) this.decide(this.loaded, pending);
      else this.waiting.push(pending);
      this.running ??= this.run();
    });
  }

  private async run(): Promise<void> {
    // Lets the other requests of this turn of the event loop join the first append.
    await new Promise(setImmediate);
    while (this.depth > 0) {
      if (!this.loaded) await this.load();
      else await this.send(this.loaded, this.take());
    }
    this.running = undefined;
    this.onIdle();
  }

  private async load(): Promise<void> {
    for (const pending of this.waiting) pending.fresh = true;
    try {
      const loaded = await this.shared.loader.load(this.mainAccountId);
      this.loaded = loaded;
      this.durableRevision = loaded.head.revision;
      for (const pending of this.waiting.splice(0)) this.decide(loaded, pending);
    } catch (error) {
      for (const pending of this.waiting.splice(0)) this.fail(pending, error);
    }
  }

  /** Decides on the state as it will be once all that was decided before is durable. */
  private decide(loaded: LoadedAccount, pending: Pending): void {
    const { order } = pending;
    const known: KnownEntry | undefined =
      loaded.tail.get(order.idempotencyKey) ??
      this.shared.index.command(this.mainAccountId, order.idempotencyKey);
    try {
      if (!known) this.decided.push({ pending, kind: 'booked', ...this.book(loaded, order) });
      else if (order.command && order.command.provenance.fingerprint !== known.fingerprint)
        throw new IdempotencyKeyReused(order.idempotencyKey);
      else this.decided.push({ pending, kind: 'replayed', known });
    } catch (error) {
      if (error instanceof Refusal) this.decided.push({ pending, kind: 'refused', refusal: error });
      else this.fail(pending, error);
    }
  }

  private book(
    loaded: LoadedAccount,
    { idempotencyKey, command }: Order,
  ): { event: NewEvent; known: KnownEntry } {
    if (!command) throw new CommandNotFound(idempotencyKey);
    const { provenance } = command;
    const decision = command.decide(loaded.account);
    const id = eventIdOf(this.mainAccountId, idempotencyKey);
    const { event, head } = seal(this.stream, loaded.head, id, decision, provenance, this.shared.now());
    evolve(loaded.account, decision);
    loaded.head = head;
    const receipt = receiptOf(decision, { eventId: id, ...head }, loaded.account);
    const known = {
      fingerprint: provenance.fingerprint,
      receipt: JSON.stringify(receipt),
      position: NOT_YET,
    };
    loaded.tail.set(idempotencyKey, known);
    return { event, known };
  }

  private take(): readonly Decided[] {
    let events = 0;
    const end = this.decided.findIndex(({ kind }) => kind === 'booked' && ++events > MAX_BATCH);
    return this.decided.splice(0, end < 0 ? this.decided.length : end);
  }

  private async send(loaded: LoadedAccount, batch: readonly Decided[]): Promise<void> {
    this.inFlight = batch;
    const events = batch.flatMap((decided) => (decided.kind === 'booked' ? [decided.event] : []));
    try {
      if (events.length > 0) await this.append(batch, events);
      else if (await this.stale(batch)) return this.startOver([...batch, ...this.decided.splice(0)]);
      this.inFlight = [];
      for (const decided of batch) this.settle(decided);
      prune(loaded.tail, this.shared.index.position);
    } catch (error) {
      await this.recover(batch, error);
    }
  }

  private async append(batch: readonly Decided[], events: NewEvent[]): Promise<void> {
    const expected = this.durableRevision < 0 ? 'no-stream' : this.durableRevision;
    const started = performance.now();
    try {
      const position = await this.shared.store.append(this.stream, events, expected);
      this.durableRevision += events.length;
      for (const decided of batch) if (decided.kind === 'booked') decided.known.position = position;
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
    if (batch.every(({ kind, pending }) => kind === 'replayed' || pending.fresh)) return false;
    for await (const _ of this.shared.store.readStream(this.stream, this.durableRevision + 1)) return true;
    return false;
  }

  private settle(decided: Decided): void {
    const { pending } = decided;
    if (decided.kind === 'refused') return this.fail(pending, decided.refusal);
    this.shared.observer.command(pending.order.type, decided.kind);
    const { receipt, position } = decided.known;
    pending.resolve({ receipt, position, replayed: decided.kind === 'replayed' });
  }

  private fail(pending: Pending, error: unknown): void {
    const outcome = error instanceof Refusal ? error.code : error instanceof Error ? error.name : 'error';
    this.shared.observer.command(pending.order.type, outcome);
    pending.reject(error);
  }

  /** After a failed append: who waited for it is told, or tries again; the others are decided afresh. */
  private async recover(batch: readonly Decided[], error: unknown): Promise<void> {
    const lostRace = error instanceof RevisionConflict;
    const again: Decided[] = [];
    for (const decided of batch) {
      const { pending } = decided;
      if (decided.kind === 'refused') again.push(decided);
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
    this.inFlight = [];
    this.loaded = undefined;
    this.waiting = [...decided.map(({ pending }) => pending), ...this.waiting];
  }
}

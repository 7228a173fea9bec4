import { StoreUnavailable } from '../event-store/errors.js';
import { MAX_APPEND, type EventStore } from '../event-store/event-store.js';
import { AccountLoader } from './account-loader.js';
import { AccountWriter, type Collaborators } from './account-writer.js';
import { AccountsAtRest } from './accounts-at-rest.js';
import type { AccountsIndex } from './accounts-index.js';
import { Backlog } from './backlog.js';
import type { Booking, Order } from './booking.js';
import type { LedgerCommand } from './commands/ledger-command.js';
import { BatchTooLarge } from './domain/errors.js';
import type { LedgerObserver } from './ledger-observer.js';
import { canonicalJson, sha256 } from './seal.js';

/** Calls that do not wait for the turn to end: the disk works on them while the rest of the requests are read. */
const WORTH_A_STEP = 32;

/** The write side's door: every command goes through here, to the one writer of its main account. */
export class Accounts {
  private readonly backlog: Backlog;
  private readonly shared: Collaborators;
  private readonly busy = new Map<string, AccountWriter>();
  /** Writers that have something to do at the end of this turn of the event loop. */
  private readonly due = new Set<AccountWriter>();
  /** How often a writer has asked for its step since the last one. */
  private calls = 0;
  private turn: NodeJS.Immediate | undefined;
  private drained: (() => void)[] = [];
  private readonly atRest = new AccountsAtRest();
  private makingRoom = false;

  constructor(
    store: EventStore,
    private readonly index: AccountsIndex,
    observer: LedgerObserver,
    now: () => Date = () => new Date(),
  ) {
    this.backlog = new Backlog(() => index.position);
    this.shared = {
      store,
      loader: new AccountLoader(store, index, observer),
      index,
      observer,
      now,
      backlog: this.backlog,
      wake: (writer) => this.wake(writer),
    };
  }

  /** Commands on their way, over all accounts. */
  get depth(): number {
    let depth = 0;
    for (const writer of this.busy.values()) depth += writer.depth;
    return depth;
  }

  /**
   * Books a command once, however often it comes.
   * @throws Refusal, StoreUnavailable, OutcomeUnknown
   */
  book(command: LedgerCommand): Promise<Booking> {
    return this.submit(command.data.mainAccountId, [orderOf(command)])[0]!;
  }

  /** Books many commands, of any accounts, each by itself. @returns what became of each, in their order */
  bookEach(commands: readonly LedgerCommand[]): Promise<PromiseSettledResult<Booking>[]> {
    return this.whenThereIsRoom(commands, () => commands.map((command) => this.book(command)));
  }

  /**
   * Books commands of one main account all or none: none of them when one is refused. What had been booked before
   * is answered as a replay even then.
   * @param broken whether another command of the batch could not be read: then none is booked either
   * @returns what became of each, in their order
   */
  bookTogether(commands: readonly LedgerCommand[], broken = false): Promise<PromiseSettledResult<Booking>[]> {
    const mainAccountIds = new Set(commands.map(({ data }) => data.mainAccountId));
    const [mainAccountId] = mainAccountIds;
    if (mainAccountId === undefined || mainAccountIds.size > 1)
      throw new TypeError('only commands of one main account can be booked together');
    if (commands.length > MAX_APPEND) return notBooked(commands, new BatchTooLarge(MAX_APPEND));
    const orders = commands.map(orderOf);
    return this.whenThereIsRoom(commands, () => this.submit(mainAccountId, orders, broken));
  }

  /**
   * The booking of a key, for a caller that lost the reply. Waits for a command of that key that is in flight.
   * @throws CommandNotFound, StoreUnavailable, OutcomeUnknown
   */
  find(mainAccountId: string, idempotencyKey: string): Promise<Booking> {
    return this.submit(mainAccountId, [{ type: 'GetReceipt', idempotencyKey }])[0]!;
  }

  /** The service is about to end: commands in bulk that would have to wait for the index are not booked any more. */
  endWaiting(): void {
    this.backlog.end();
  }

  /** Resolves when no command is on its way. */
  drain(): Promise<void> {
    return new Promise((resolve) => {
      if (this.busy.size === 0) resolve();
      else this.drained.push(resolve);
    });
  }

  private whenThereIsRoom(
    commands: readonly LedgerCommand[],
    book: () => readonly Promise<Booking>[],
  ): Promise<PromiseSettledResult<Booking>[]> {
    return this.backlog
      .whenThereIsRoom(commands.length, () => Promise.allSettled(book()))
      .catch((error: unknown) => notBooked(commands, error));
  }

  private submit(
    mainAccountId: string,
    orders: readonly Order[],
    broken = false,
  ): readonly Promise<Booking>[] {
    let writer = this.busy.get(mainAccountId);
    if (!writer) {
      writer = this.atRest.take(mainAccountId);
      if (!writer && this.atRest.full) {
        void this.makeRoom();
        const error = new StoreUnavailable('too many appends to other accounts are in doubt');
        return orders.map(() => Promise.reject(error));
      }
      // One is never evicted while it is busy: two writers of one account would race each other.
      writer ??= new AccountWriter(mainAccountId, this.shared);
      this.busy.set(mainAccountId, writer);
    }
    return writer.submit(orders, broken);
  }

  /** Settles what is in doubt, one account after the other, until others have room or one stays in doubt. */
  private async makeRoom(): Promise<void> {
    if (this.makingRoom) return;
    this.makingRoom = true;
    let settled = true;
    while (settled && this.atRest.full) {
      const writer = this.atRest.takeInDoubt()!;
      this.busy.set(writer.mainAccountId, writer);
      await writer.settle();
      settled = !writer.inDoubt;
    }
    this.makingRoom = false;
  }

  private wake(writer: AccountWriter): void {
    this.due.add(writer);
    this.calls += 1;
    if (this.calls === 1) this.turn = setImmediate(() => this.advance());
    if (this.calls === WORTH_A_STEP) queueMicrotask(() => this.advance());
  }

  /**
   * Lets the writers do what they have to do, what came in during this turn of the event loop in one go: the index
   * is asked for all keys as of one moment, and the appends of all accounts reach the store together.
   */
  private advance(): void {
    clearImmediate(this.turn);
    this.calls = 0;
    const writers = [...this.due];
    this.due.clear();
    const { store } = this.shared;
    this.index.atOnce(() =>
      store.atOnce(() => {
        for (const writer of writers) writer.advance();
      }),
    );
    for (const writer of writers) if (writer.idle) this.rest(writer);
    this.atRest.prune();
  }

  private rest(writer: AccountWriter): void {
    if (!this.busy.delete(writer.mainAccountId)) return;
    this.atRest.add(writer);
    if (this.busy.size === 0) for (const resolve of this.drained.splice(0)) resolve();
  }
}

const notBooked = (commands: readonly LedgerCommand[], reason: unknown): Promise<PromiseRejectedResult[]> =>
  Promise.resolve(commands.map(() => ({ status: 'rejected', reason })));

function orderOf(command: LedgerCommand): Order {
  const { type, data, context } = command;
  const provenance = {
    idempotencyKey: context.idempotencyKey,
    fingerprint: sha256(canonicalJson({ ...data, type })),
    actor: context.actor,
    $correlationId: context.correlationId,
    $causationId: context.causationId,
  };
  return {
    type,
    idempotencyKey: context.idempotencyKey,
    command: { provenance, decide: (account) => command.decide(account, data) },
  };
}

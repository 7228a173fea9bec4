import { MAX_APPEND, type EventStore } from '../event-store/event-store.js';
import { AccountLoader } from './account-loader.js';
import { AccountsInMemory } from './accounts-in-memory.js';
import type { AccountsIndex } from './accounts-index.js';
import { bookingOf, outcomesOf, type Asked } from './asked.js';
import { Backlog } from './backlog.js';
import type { Booking, Order, Outcome } from './booking.js';
import { canonicalJson } from './canonical-json.js';
import type { LedgerCommand } from './commands/ledger-command.js';
import { BatchTooLarge } from './domain/errors.js';
import { HeldCommands } from './held-commands.js';
import type { LedgerObserver } from './ledger-observer.js';
import { sha256 } from './seal.js';

/** The write side's door: every command goes through here, to the one writer of its main account. */
export class Accounts {
  private readonly backlog: Backlog;
  private readonly inMemory: AccountsInMemory;

  constructor(
    store: EventStore,
    index: AccountsIndex,
    observer: LedgerObserver,
    now: () => Date = () => new Date(),
  ) {
    const backlog = new Backlog(() => index.position);
    const held = new HeldCommands();
    const loader = new AccountLoader(store, index, observer, held);
    this.backlog = backlog;
    this.inMemory = new AccountsInMemory({ store, loader, index, held, observer, now, backlog });
  }

  /** Commands on their way, over all accounts. */
  get depth(): number {
    return this.inMemory.depth;
  }

  /**
   * Books a command once, however often it comes.
   * @throws Refusal, StoreUnavailable, OutcomeUnknown
   */
  book(command: LedgerCommand): Promise<Booking> {
    return this.see(command.data.mainAccountId, orderOf(command));
  }

  /** Books many commands, of any accounts, each by itself. @returns what became of each, in their order */
  bookEach(commands: readonly LedgerCommand[]): Promise<Outcome[]> {
    return this.whenThereIsRoom(commands, (asked) => {
      for (const [at, each] of asked.entries())
        this.inMemory.submit(commands[at]!.data.mainAccountId, [each]);
    });
  }

  /**
   * Books commands of one main account all or none: none of them when one is refused. What had been booked before
   * is answered as a replay even then.
   * @param broken whether another command of the batch could not be read: then none is booked either
   * @returns what became of each, in their order
   */
  bookTogether(commands: readonly LedgerCommand[], broken = false): Promise<Outcome[]> {
    const mainAccountIds = new Set(commands.map(({ data }) => data.mainAccountId));
    const [mainAccountId] = mainAccountIds;
    if (mainAccountId === undefined || mainAccountIds.size > 1)
      throw new TypeError('only commands of one main account can be booked together');
    if (commands.length > MAX_APPEND) return notBooked(commands, new BatchTooLarge(MAX_APPEND));
    return this.whenThereIsRoom(commands, (asked) => this.inMemory.submit(mainAccountId, asked, broken));
  }

  /**
   * The booking of a key, for a caller that lost the reply. Waits for a command of that key that is in flight.
   * @throws CommandNotFound, StoreUnavailable, OutcomeUnknown
   */
  find(mainAccountId: string, idempotencyKey: string): Promise<Booking> {
    return this.see(mainAccountId, { type: 'GetReceipt', idempotencyKey });
  }

  /** The service is about to end: commands in bulk that would have to wait for the index are not booked any more. */
  endWaiting(): void {
    this.backlog.end();
  }

  /** Resolves when no command is on its way. */
  drain(): Promise<void> {
    return this.inMemory.drain();
  }

  private see(mainAccountId: string, order: Order): Promise<Booking> {
    return bookingOf(order, (asked) => this.inMemory.submit(mainAccountId, [asked]));
  }

  private whenThereIsRoom(
    commands: readonly LedgerCommand[],
    submit: (asked: readonly Asked[]) => void,
  ): Promise<Outcome[]> {
    return this.backlog
      .whenThereIsRoom(commands.length, () => outcomesOf(commands.map(orderOf), submit))
      .catch((error: unknown) => notBooked(commands, error));
  }
}

const notBooked = (commands: readonly LedgerCommand[], reason: unknown): Promise<PromiseRejectedResult[]> =>
  Promise.resolve(commands.map(() => ({ status: 'rejected', reason })));

function orderOf(command: LedgerCommand): Order {
  const { type, data, context } = command;
  const provenance = {
    idempotencyKey: context.idempotencyKey,
    fingerprint: sha256(canonicalJson(data, type)),
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

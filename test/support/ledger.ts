import { Accounts } from '../../src/ledger/accounts.js';
import { AccountsIndex, type KnownCommand, type Snapshot } from '../../src/ledger/accounts-index.js';
import type { Booking } from '../../src/ledger/booking.js';
import { AddCreditCommand } from '../../src/ledger/commands/add-credit.js';
import { AddSipAccountCommand } from '../../src/ledger/commands/add-sip-account.js';
import { parseAmount } from '../../src/ledger/domain/amount.js';
import { OpenMainAccountCommand } from '../../src/ledger/commands/open-main-account.js';
import { PurchaseCreditCommand } from '../../src/ledger/commands/purchase-credit.js';
import type { Receipt } from '../../src/ledger/domain/receipt.js';
import { RemoveAllCreditCommand } from '../../src/ledger/commands/remove-all-credit.js';
import { LedgerObserver } from '../../src/ledger/ledger-observer.js';
import { mainAccountStream } from '../../src/ledger/streams.js';
import { START, type EventStore, type RecordedEvent } from '../../src/event-store/event-store.js';

/** An index before any projection has run. */
export class EmptyIndex extends AccountsIndex {
  readonly position = START;
  snapshot(): Snapshot | undefined {
    return undefined;
  }
  command(): KnownCommand | undefined {
    return undefined;
  }
}

/** Keeps what operators would see. */
export class Notes extends LedgerObserver {
  readonly alarms: string[] = [];
  readonly outcomes: string[] = [];
  command(type: string, outcome: string): void {
    this.outcomes.push(`${type} ${outcome}`);
  }
  append(): void {}
  alarm(message: string): void {
    this.alarms.push(message);
  }
}

let keys = 0;
let requests = 0;

/** The write side as a caller uses it: short names, a fresh key unless one is given. */
export class Ledger {
  readonly notes = new Notes();
  readonly accounts: Accounts;

  constructor(
    readonly store: EventStore,
    index: AccountsIndex = new EmptyIndex(),
    now?: () => Date,
  ) {
    this.accounts = new Accounts(store, index, this.notes, now);
  }

  open(mainAccountId: string, key = freshKey()): Promise<Booking> {
    return this.accounts.book(new OpenMainAccountCommand({ mainAccountId, currency: 'EUR' }, contextOf(key)));
  }

  purchase(mainAccountId: string, amount: string, key = freshKey()): Promise<Booking> {
    const data = { mainAccountId, amount: parseAmount(amount), reference: 'invoice 1' };
    return this.accounts.book(new PurchaseCreditCommand(data, contextOf(key)));
  }

  addSip(mainAccountId: string, sipAccountId: string, key = freshKey()): Promise<Booking> {
    return this.accounts.book(new AddSipAccountCommand({ mainAccountId, sipAccountId }, contextOf(key)));
  }

  add(mainAccountId: string, sipAccountId: string, amount: string, key = freshKey()): Promise<Booking> {
    const data = { mainAccountId, sipAccountId, amount: parseAmount(amount) };
    return this.accounts.book(new AddCreditCommand(data, contextOf(key)));
  }

  removeAll(mainAccountId: string, sipAccountId: string, key = freshKey()): Promise<Booking> {
    return this.accounts.book(new RemoveAllCreditCommand({ mainAccountId, sipAccountId }, contextOf(key)));
  }

  /** An open account with credit and SIP accounts. */
  async funded(mainAccountId: string, amount: string, ...sipAccountIds: readonly string[]): Promise<void> {
    await this.open(mainAccountId);
    await this.purchase(mainAccountId, amount);
    for (const sipAccountId of sipAccountIds) await this.addSip(mainAccountId, sipAccountId);
  }

  async events(mainAccountId: string): Promise<readonly RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for await (const page of this.store.readStream(mainAccountStream(mainAccountId))) events.push(...page);
    return events;
  }
}

export const freshKey = (): string => `key-${++keys}`;

export const receiptIn = (booking: Booking): Receipt => JSON.parse(booking.receipt) as Receipt;

export const contextOf = (idempotencyKey: string) => ({
  idempotencyKey,
  actor: 'key:test',
  correlationId: 'correlation-1',
  causationId: `request-${++requests}`,
});

/** What became of a command in short: `booked`, or the code or the name of what it was turned away with. */
export const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'booked',
    (error: { code?: string; name: string }) => error.code ?? error.name,
  );

export const settledWithin = (promise: Promise<unknown>, ms: number) =>
  Promise.race([
    promise.then(
      () => true,
      () => true,
    ),
    new Promise<boolean>((resolve) => setTimeout(() => resolve(false), ms)),
  ]);

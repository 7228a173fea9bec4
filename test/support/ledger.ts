import { Accounts } from '../../src/ledger/accounts.js';
import { AccountsIndex, type KnownCommand, type Snapshot } from '../../src/ledger/accounts-index.js';
import type { Booking } from '../../src/ledger/booking.js';
import { addCredit } from '../../src/ledger/domain/add-credit.js';
import { addSipAccount } from '../../src/ledger/domain/add-sip-account.js';
import { parseAmount } from '../../src/ledger/domain/amount.js';
import { openMainAccount } from '../../src/ledger/domain/open-main-account.js';
import { purchaseCredit } from '../../src/ledger/domain/purchase-credit.js';
import type { Receipt } from '../../src/ledger/domain/receipt.js';
import { removeAllCredit } from '../../src/ledger/domain/remove-all-credit.js';
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
    return this.accounts.book(
      'OpenMainAccount',
      { mainAccountId, currency: 'EUR' },
      context(key),
      openMainAccount,
    );
  }

  purchase(mainAccountId: string, amount: string, key = freshKey()): Promise<Booking> {
    const data = { mainAccountId, amount: parseAmount(amount), reference: 'invoice 1' };
    return this.accounts.book('PurchaseCredit', data, context(key), purchaseCredit);
  }

  addSip(mainAccountId: string, sipAccountId: string, key = freshKey()): Promise<Booking> {
    return this.accounts.book('AddSipAccount', { mainAccountId, sipAccountId }, context(key), addSipAccount);
  }

  add(mainAccountId: string, sipAccountId: string, amount: string, key = freshKey()): Promise<Booking> {
    const data = { mainAccountId, sipAccountId, amount: parseAmount(amount) };
    return this.accounts.book('AddCredit', data, context(key), addCredit);
  }

  removeAll(mainAccountId: string, sipAccountId: string, key = freshKey()): Promise<Booking> {
    return this.accounts.book(
      'RemoveAllCredit',
      { mainAccountId, sipAccountId },
      context(key),
      removeAllCredit,
    );
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

const context = (idempotencyKey: string) => ({
  idempotencyKey,
  actor: 'key:test',
  correlationId: 'correlation-1',
  causationId: 'request-1',
});

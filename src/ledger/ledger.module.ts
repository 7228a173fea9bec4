import { type BeforeApplicationShutdown, Module, type OnApplicationShutdown } from '@nestjs/common';
import { EventStore } from '../event-store/event-store.js';
import { Accounts } from './accounts.js';
import { AccountsIndex } from './accounts-index.js';
import { AddCreditHandler } from './commands/add-credit.js';
import { AddSipAccountHandler } from './commands/add-sip-account.js';
import { BookEachHandler } from './commands/book-each.js';
import { BookTogetherHandler } from './commands/book-together.js';
import { OpenMainAccountHandler } from './commands/open-main-account.js';
import { PurchaseCreditHandler } from './commands/purchase-credit.js';
import { RemoveAllCreditHandler } from './commands/remove-all-credit.js';
import { LedgerObserver } from './ledger-observer.js';
import { GetReceiptHandler } from './queries/get-receipt.js';
import { GetStoredEventHandler } from './queries/get-stored-event.js';

/** The write side. `EventStore`, `AccountsIndex` and `LedgerObserver` come from the composition root. */
@Module({
  providers: [
    {
      provide: Accounts,
      useFactory: (store: EventStore, index: AccountsIndex, observer: LedgerObserver) =>
        new Accounts(store, index, observer),
      inject: [EventStore, AccountsIndex, LedgerObserver],
    },
    OpenMainAccountHandler,
    PurchaseCreditHandler,
    AddSipAccountHandler,
    AddCreditHandler,
    RemoveAllCreditHandler,
    BookEachHandler,
    BookTogetherHandler,
    GetReceiptHandler,
    GetStoredEventHandler,
  ],
  exports: [Accounts],
})
export class LedgerModule implements BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(private readonly accounts: Accounts) {}

  /** Requests are waited for from here on, but not for the index. */
  beforeApplicationShutdown(): void {
    this.accounts.endWaiting();
  }

  /** What is in flight is finished before the store is closed. */
  onApplicationShutdown(): Promise<void> {
    return this.accounts.drain();
  }
}

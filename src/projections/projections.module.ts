import { Module, type DynamicModule, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { EventStore } from '../event-store/event-store.js';
import { AccountsIndex } from '../ledger/accounts-index.js';
import { LedgerObserver } from '../ledger/ledger-observer.js';
import { FindMainAccountsHandler } from './accounts/find-main-accounts.js';
import { GetMainAccountHandler } from './accounts/get-main-account.js';
import { GetSipAccountHandler } from './accounts/get-sip-account.js';
import { ListMainAccountsHandler } from './accounts/list-main-accounts.js';
import { SearchSipAccountsHandler } from './accounts/search-sip-accounts.js';
import { SqliteAccountsIndex } from './accounts/sqlite-accounts-index.js';
import { GetConservationHandler } from './conservation/get-conservation.js';
import { GetHistoryHandler } from './history/get-history.js';
import { GetPastMainAccountHandler } from './history/get-past-main-account.js';
import { GetPastSipAccountHandler } from './history/get-past-sip-account.js';
import { GetRecentBalancesHandler } from './history/get-recent-balances.js';
import { GetStatementHandler } from './history/get-statement.js';
import { GetStatementDiffHandler } from './history/get-statement-diff.js';
import { SearchHistoryHandler } from './history/search-history.js';
import { GetLastChangeHandler } from './names/get-last-change.js';
import { LookUpNamesHandler } from './names/look-up-names.js';
import { Projections } from './projections.js';
import { ReadModels } from './read-models.js';
import { Reads } from './reads.js';
import { Supervisor } from './supervisor.js';

/** The read side. `EventStore` comes from the composition root. */
@Module({})
export class ProjectionsModule implements OnModuleInit, OnApplicationShutdown {
  static forRoot(config: Config): DynamicModule {
    return {
      module: ProjectionsModule,
      global: true,
      providers: [
        ReadModels,
        {
          provide: Supervisor,
          useFactory: (models: ReadModels, observer: LedgerObserver) =>
            new Supervisor(config, models, observer),
          inject: [ReadModels, LedgerObserver],
        },
        {
          provide: Projections,
          useFactory: (store: EventStore, supervisor: Supervisor) =>
            new Projections(config, store, supervisor),
          inject: [EventStore, Supervisor],
        },
        {
          provide: Reads,
          useFactory: (
            store: EventStore,
            models: ReadModels,
            projections: Projections,
            supervisor: Supervisor,
          ) => new Reads(store, models, projections, supervisor),
          inject: [EventStore, ReadModels, Projections, Supervisor],
        },
        { provide: AccountsIndex, useClass: SqliteAccountsIndex },
        GetMainAccountHandler,
        GetSipAccountHandler,
        ListMainAccountsHandler,
        FindMainAccountsHandler,
        SearchSipAccountsHandler,
        GetConservationHandler,
        GetHistoryHandler,
        GetPastMainAccountHandler,
        GetPastSipAccountHandler,
        GetStatementHandler,
        GetStatementDiffHandler,
        SearchHistoryHandler,
        GetRecentBalancesHandler,
        GetLastChangeHandler,
        LookUpNamesHandler,
      ],
      exports: [AccountsIndex, Projections, Reads],
    };
  }

  constructor(private readonly supervisor: Supervisor) {}

  onModuleInit(): Promise<void> {
    return this.supervisor.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.supervisor.close();
  }
}

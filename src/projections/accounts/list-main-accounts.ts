import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { readPage, type PageRequest } from '../page.js';
import type { AtLeast, Freshness } from '../freshness.js';
import { Reads } from '../reads.js';
import type { ReadModels } from '../read-models.js';

export interface ListMainAccounts extends PageRequest, AtLeast {}

/** One page of the main accounts, in the order they were opened. */
export interface MainAccountList {
  readonly mainAccounts: readonly MainAccountRow[];
  /** `after` of the next page; null when there is none. */
  readonly next: string | null;
}

export interface MainAccountRow {
  readonly mainAccountId: string;
  readonly currency: string;
  readonly available: string;
  readonly sipAccountsAvailable: string;
  readonly sipAccountsCount: number;
}

/** @throws InvalidCursor, ReadModelBehind, PositionInFuture */
export class ListMainAccountsQuery extends Query<MainAccountList & Freshness> {
  constructor(readonly request: ListMainAccounts) {
    super();
  }
}

@QueryHandler(ListMainAccountsQuery)
export class ListMainAccountsHandler implements IQueryHandler<ListMainAccountsQuery> {
  constructor(private readonly reads: Reads) {}

  execute({ request }: ListMainAccountsQuery): Promise<MainAccountList & Freshness> {
    return this.reads.read('accounts', request.atLeast, (models) => readList(models, request));
  }
}

function readList(models: ReadModels, request: ListMainAccounts): MainAccountList {
  const { rows, next } = readPage(request, (after, count) =>
    models
      .query<MainAccountRow & { place: number }>(
        `SELECT place, main_account_id AS mainAccountId, currency, available,
         sip_accounts_available AS sipAccountsAvailable, sip_accounts_count AS sipAccountsCount
       FROM main_accounts WHERE place > ? ORDER BY place LIMIT ?`,
      )
      .all(after, count),
  );
  const mainAccounts = rows.map(
    ({ mainAccountId, currency, available, sipAccountsAvailable, sipAccountsCount }) => ({
      mainAccountId,
      currency,
      available,
      sipAccountsAvailable,
      sipAccountsCount,
    }),
  );
  return { mainAccounts, next };
}

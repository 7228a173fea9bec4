import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Position } from '../../event-store/event-store.js';
import { MainAccountNotFound } from '../../ledger/domain/errors.js';
import { readPage, type PageRequest } from '../page.js';
import { Projections, type Freshness } from '../projections.js';
import type { ReadModels } from '../read-models.js';

export interface GetMainAccount extends PageRequest {
  readonly mainAccountId: string;
  /** The answer is not from before this position. */
  readonly atLeast?: Position | undefined;
}

/** A main account: totals over all of it, and one page of its SIP accounts in the order they were added. */
export interface MainAccountOverview {
  readonly mainAccountId: string;
  readonly currency: string;
  readonly available: string;
  readonly sipAccountsAvailable: string;
  readonly sipAccountsCount: number;
  readonly sipAccounts: readonly SipAccountRow[];
  /** `after` of the next page; null when there is none. */
  readonly next: string | null;
  readonly revision: number;
}

export interface SipAccountRow {
  readonly sipAccountId: string;
  readonly available: string;
}

/** @throws MainAccountNotFound, InvalidCursor, ReadModelBehind, PositionInFuture */
export class GetMainAccountQuery extends Query<MainAccountOverview & Freshness> {
  constructor(readonly request: GetMainAccount) {
    super();
  }
}

@QueryHandler(GetMainAccountQuery)
export class GetMainAccountHandler implements IQueryHandler<GetMainAccountQuery> {
  constructor(private readonly projections: Projections) {}

  execute({ request }: GetMainAccountQuery): Promise<MainAccountOverview & Freshness> {
    return this.projections.read('accounts', request.atLeast, (models) => readOverview(models, request));
  }
}

function readOverview(models: ReadModels, request: GetMainAccount): MainAccountOverview {
  const { mainAccountId } = request;
  const totals = models
    .query<Omit<MainAccountOverview, 'sipAccounts' | 'next'>>(
      `SELECT main_account_id AS mainAccountId, currency, available, sip_accounts_available AS sipAccountsAvailable,
       sip_accounts_count AS sipAccountsCount, revision
     FROM main_accounts WHERE main_account_id = ?`,
    )
    .get(mainAccountId);
  if (!totals) throw new MainAccountNotFound(mainAccountId);
  const { rows, next } = readPage(request, (after, count) =>
    models
      .query<SipAccountRow & { place: number }>(
        `SELECT place, sip_account_id AS sipAccountId, available FROM sip_accounts
       WHERE main_account_id = ? AND place > ? ORDER BY place LIMIT ?`,
      )
      .all(mainAccountId, after, count),
  );
  return {
    mainAccountId,
    currency: totals.currency,
    available: totals.available,
    sipAccountsAvailable: totals.sipAccountsAvailable,
    sipAccountsCount: totals.sipAccountsCount,
    sipAccounts: rows.map(({ sipAccountId, available }) => ({ sipAccountId, available })),
    next,
    revision: totals.revision,
  };
}

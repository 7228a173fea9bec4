import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Position } from '../../event-store/event-store.js';
import { MainAccountNotFound } from '../../ledger/domain/errors.js';
import { limitOf, readPage, type PageRequest } from '../page.js';
import { Projections, type Freshness } from '../projections.js';
import { positionOf, type ReadModels } from '../read-models.js';
import { viewOf, type SipAccountRow } from './account-view.js';

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
    return this.projections.readAlone(
      'accounts',
      request.atLeast,
      (models) => overviewOf(models, request) ?? readOverview(models, request),
    );
  }
}

/** @returns undefined when it takes more than one page */
function overviewOf(models: ReadModels, request: GetMainAccount): (MainAccountOverview & Totals) | undefined {
  const { mainAccountId, after } = request;
  const view = after === undefined ? viewOf(models, mainAccountId) : undefined;
  if (!view || view.sipAccountsCount > limitOf(request)) return undefined;
  const { currency, available, sipAccountsAvailable, sipAccountsCount, sipAccounts, revision, position } =
    view;
  return {
    mainAccountId,
    currency,
    available,
    sipAccountsAvailable,
    sipAccountsCount,
    sipAccounts,
    next: null,
    revision,
    position,
  };
}

type Totals = Omit<MainAccountOverview, 'sipAccounts' | 'next'> & { readonly position: string };

/** One statement, the rows of the page as one text: the driver takes longer for a call than SQLite for a row. */
function readOverview(models: ReadModels, request: GetMainAccount): MainAccountOverview & Totals {
  const { mainAccountId } = request;
  let totals: Totals | undefined;
  const { rows, next } = readPage(request, (after, count) => {
    const row = models
      .query<Totals & { page: string }>(
        `SELECT main_account_id AS mainAccountId, currency, available, sip_accounts_available AS sipAccountsAvailable,
         sip_accounts_count AS sipAccountsCount, revision, ${positionOf('accounts')},
         (SELECT json_group_array(json_array(place, sip_account_id, available)) FROM
           (SELECT place, sip_account_id, available FROM sip_accounts
            WHERE main_account_id = ? AND place > ? ORDER BY place LIMIT ?)) AS page
       FROM main_accounts WHERE main_account_id = ?`,
      )
      .get(mainAccountId, after, count, mainAccountId);
    if (!row) throw new MainAccountNotFound(mainAccountId);
    totals = row;
    return (JSON.parse(row.page) as [number, string, string][]).map(([place, sipAccountId, available]) => ({
      place,
      sipAccountId,
      available,
    }));
  });
  const { currency, available, sipAccountsAvailable, sipAccountsCount, revision, position } = totals!;
  return {
    mainAccountId,
    currency,
    available,
    sipAccountsAvailable,
    sipAccountsCount,
    sipAccounts: rows.map((row) => ({ sipAccountId: row.sipAccountId, available: row.available })),
    next,
    revision,
    position,
  };
}

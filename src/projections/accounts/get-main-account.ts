import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Position } from '../../event-store/event-store.js';
import { MainAccountNotFound } from '../../ledger/domain/errors.js';
import { limitOf, readPage, type PageRequest } from '../page.js';
import { Projections, type Freshness } from '../projections.js';
import type { ReadModels } from '../read-models.js';
import { TOTALS, viewOf, type SipAccountRow, type Totals } from './account-view.js';

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
    return this.projections.readAlone('accounts', request.atLeast, (models) => readOverview(models, request));
  }
}

/** An overview with its members in the order in which they are answered, as of now or of a moment in the past. */
export const overviewOf = (
  mainAccountId: string,
  totals: Omit<MainAccountOverview, 'mainAccountId' | 'sipAccounts' | 'next'>,
  sipAccounts: readonly SipAccountRow[],
  next: string | null,
): MainAccountOverview => ({
  mainAccountId,
  currency: totals.currency,
  available: totals.available,
  sipAccountsAvailable: totals.sipAccountsAvailable,
  sipAccountsCount: totals.sipAccountsCount,
  sipAccounts,
  next,
  revision: totals.revision,
});

type Read = MainAccountOverview & { readonly position: string };

function readOverview(models: ReadModels, request: GetMainAccount): Read {
  const { mainAccountId, after } = request;
  const view = after === undefined ? viewOf(models, mainAccountId) : undefined;
  if (!view?.sipAccounts || view.sipAccountsCount > limitOf(request)) return readOnePage(models, request);
  return { ...overviewOf(mainAccountId, view, view.sipAccounts, null), position: view.position };
}

/** One statement, the rows of the page as one text: the driver takes longer for a call than SQLite for a row. */
function readOnePage(models: ReadModels, request: GetMainAccount): Read {
  const { mainAccountId } = request;
  let totals: Totals | undefined;
  const { rows, next } = readPage(request, (after, count) => {
    const row = models
      .query<Totals & { page: string }>(
        `SELECT ${TOTALS},
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
  const sipAccounts = rows.map(({ sipAccountId, available }) => ({ sipAccountId, available }));
  return { ...overviewOf(mainAccountId, totals!, sipAccounts, next), position: totals!.position };
}

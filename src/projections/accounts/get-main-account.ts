import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { MainAccountNotFound } from '../../ledger/domain/errors.js';
import { limitOf, readPage, type PageRequest } from '../page.js';
import type { AtLeast, Fresh } from '../freshness.js';
import { Reads, type ReadAt } from '../reads.js';
import type { ReadModels } from '../read-models.js';
import { type MainAccountOverview, overviewOf, TOTALS, type Totals, viewOf } from './account-view.js';

export interface GetMainAccount extends PageRequest, AtLeast {
  readonly mainAccountId: string;
}

/** @throws MainAccountNotFound, InvalidCursor, ReadModelBehind, PositionInFuture */
export class GetMainAccountQuery extends Query<Fresh<MainAccountOverview>> {
  constructor(readonly request: GetMainAccount) {
    super();
  }
}

@QueryHandler(GetMainAccountQuery)
export class GetMainAccountHandler implements IQueryHandler<GetMainAccountQuery> {
  constructor(private readonly reads: Reads) {}

  execute({ request }: GetMainAccountQuery): Promise<Fresh<MainAccountOverview>> {
    return this.reads.readAlone('accounts', request.atLeast, (models) => readOverview(models, request));
  }
}

function readOverview(models: ReadModels, request: GetMainAccount): ReadAt<MainAccountOverview> {
  const { mainAccountId, after } = request;
  const view = after === undefined ? viewOf(models, mainAccountId) : undefined;
  if (!view?.overview || view.overview.sipAccountsCount > limitOf(request))
    return readOnePage(models, request);
  return { answer: view.overview, position: view.position };
}

/** One statement, which is a transaction by itself, and the rows of the page as one text. */
function readOnePage(models: ReadModels, request: GetMainAccount): ReadAt<MainAccountOverview> {
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
  return {
    answer: overviewOf(mainAccountId, totals!, sipAccounts, next),
    position: BigInt(totals!.position),
  };
}

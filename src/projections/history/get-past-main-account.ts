import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Position } from '../../event-store/event-store.js';
import type { MainAccountOverview } from '../accounts/get-main-account.js';
import { readPage, type PageRequest } from '../page.js';
import { Projections, type Freshness } from '../projections.js';
import type { ReadModels } from '../read-models.js';
import { pastAccount, pastSipAvailable, type PointInTime } from './point-in-time.js';

export interface GetPastMainAccount extends PageRequest {
  readonly mainAccountId: string;
  readonly point: PointInTime;
  /** The answer is not from before this position. */
  readonly atLeast?: Position | undefined;
}

/** @throws MainAccountNotFound, PointInFuture, InvalidCursor, ReadModelBehind */
export class GetPastMainAccountQuery extends Query<MainAccountOverview & Freshness> {
  constructor(readonly request: GetPastMainAccount) {
    super();
  }
}

@QueryHandler(GetPastMainAccountQuery)
export class GetPastMainAccountHandler implements IQueryHandler<GetPastMainAccountQuery> {
  constructor(private readonly projections: Projections) {}

  execute({ request }: GetPastMainAccountQuery): Promise<MainAccountOverview & Freshness> {
    return this.projections.read('history', request.atLeast, (models) => readPast(models, request));
  }
}

function readPast(models: ReadModels, request: GetPastMainAccount): MainAccountOverview {
  const { mainAccountId, point } = request;
  const { currency, revision, available, sipAccountsAvailable, sipAccountsCount } = pastAccount(
    models,
    mainAccountId,
    point,
  );
  // The cursor is the revision at which the page's last SIP account was added.
  const { rows, next } = readPage(request, (after, count) =>
    models
      .query<{ place: number; sipAccountId: string }>(
        `SELECT revision AS place, sip_account_id AS sipAccountId FROM entries INDEXED BY entries_of_addition
         WHERE main_account_id = ? AND type = 'SipAccountAdded' AND revision > ? AND revision <= ?
         ORDER BY revision LIMIT ?`,
      )
      .all(mainAccountId, after, revision, count),
  );
  const sipAccounts = rows.map(({ sipAccountId }) => ({
    sipAccountId,
    available: pastSipAvailable(models, mainAccountId, sipAccountId, revision)?.available ?? '0.0000',
  }));
  return {
    mainAccountId,
    currency,
    available,
    sipAccountsAvailable,
    sipAccountsCount,
    sipAccounts,
    next,
    revision,
  };
}

import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ZERO } from '../../ledger/domain/amount.js';
import { overviewOf, type MainAccountOverview } from '../accounts/account-view.js';
import { readPage, type PageRequest } from '../page.js';
import type { Freshness } from '../freshness.js';
import { Reads } from '../reads.js';
import type { ReadModels } from '../read-models.js';
import { lastOfSip } from './entries.js';
import { readAtPoint, type GetPast, type PastAccount } from './point-in-time.js';

export interface GetPastMainAccount extends GetPast, PageRequest {}

/** @throws MainAccountNotFound, PointInFuture, InvalidCursor, ReadModelBehind */
export class GetPastMainAccountQuery extends Query<MainAccountOverview & Freshness> {
  constructor(readonly request: GetPastMainAccount) {
    super();
  }
}

@QueryHandler(GetPastMainAccountQuery)
export class GetPastMainAccountHandler implements IQueryHandler<GetPastMainAccountQuery> {
  constructor(private readonly reads: Reads) {}

  execute({ request }: GetPastMainAccountQuery): Promise<MainAccountOverview & Freshness> {
    return readAtPoint(this.reads, request, (models, past) => readPast(models, past, request));
  }
}

function readPast(models: ReadModels, past: PastAccount, request: GetPastMainAccount): MainAccountOverview {
  const { mainAccountId } = request;
  const { rows, next } = readPage(request, (after, count) =>
    models
      .query<{ place: number; sipAccountId: string }>(
        `SELECT place, sip_account_id AS sipAccountId FROM sip_accounts
         WHERE main_account_id = ? AND place > ? AND added_revision <= ? ORDER BY place LIMIT ?`,
      )
      .all(mainAccountId, after, past.revision, count),
  );
  const sipAccounts = rows.map(({ sipAccountId }) => ({
    sipAccountId,
    available:
      lastOfSip(models, { mainAccountId, ...past }, sipAccountId, past.revision)?.sip_available ?? ZERO,
  }));
  return overviewOf(mainAccountId, past, sipAccounts, next);
}

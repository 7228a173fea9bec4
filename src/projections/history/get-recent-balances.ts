import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Projections, type Freshness } from '../projections.js';
import type { ReadModels } from '../read-models.js';

export interface GetRecentBalances {
  readonly mainAccountId: string;
  readonly sipAccountIds: readonly string[];
  /** How many balances of each, at most. */
  readonly count: number;
}

export interface RecentBalances {
  /** Of each SIP account, oldest first. */
  readonly balances: ReadonlyMap<string, readonly string[]>;
}

/** The last balances of some SIP accounts. @throws ReadModelBehind */
export class GetRecentBalancesQuery extends Query<RecentBalances & Freshness> {
  constructor(readonly request: GetRecentBalances) {
    super();
  }
}

@QueryHandler(GetRecentBalancesQuery)
export class GetRecentBalancesHandler implements IQueryHandler<GetRecentBalancesQuery> {
  constructor(private readonly projections: Projections) {}

  execute({ request }: GetRecentBalancesQuery): Promise<RecentBalances & Freshness> {
    return this.projections.read('history', undefined, (models) => readBalances(models, request));
  }
}

function readBalances(models: ReadModels, request: GetRecentBalances): RecentBalances {
  const recent = models.query<{ sip_available: string }>(
    `SELECT sip_available FROM entries WHERE main_account_id = ? AND sip_account_id = ?
     ORDER BY revision DESC LIMIT ?`,
  );
  const { mainAccountId, sipAccountIds, count } = request;
  return {
    balances: new Map(
      sipAccountIds.map((id) => [
        id,
        recent
          .all(mainAccountId, id, count)
          .map(({ sip_available }) => sip_available)
          .toReversed(),
      ]),
    ),
  };
}

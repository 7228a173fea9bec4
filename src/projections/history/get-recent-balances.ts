import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Freshness } from '../freshness.js';
import { Reads } from '../reads.js';
import type { ReadModels } from '../read-models.js';
import { placeOfAccount } from './account-span.js';
import { lastBalancesOfSip } from './entries.js';

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
  constructor(private readonly reads: Reads) {}

  execute({ request }: GetRecentBalancesQuery): Promise<RecentBalances & Freshness> {
    return this.reads.read('accounts', undefined, (models) => readBalances(models, request));
  }
}

function readBalances(models: ReadModels, request: GetRecentBalances): RecentBalances {
  const { mainAccountId, sipAccountIds, count } = request;
  const account = placeOfAccount(models, mainAccountId);
  const balancesOf = (sipAccountId: string): readonly string[] =>
    account === undefined
      ? []
      : lastBalancesOfSip(models, { mainAccountId, account }, sipAccountId, count).toReversed();
  return { balances: new Map(sipAccountIds.map((id) => [id, balancesOf(id)])) };
}

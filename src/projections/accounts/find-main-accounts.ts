import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Projections, type Freshness } from '../projections.js';
import type { ReadModels } from '../read-models.js';
import type { MainAccountRow } from './list-main-accounts.js';

export interface FindMainAccounts {
  /** How the ids begin; everything when empty. */
  readonly prefix: string;
  /** The last id of the page before; empty for the first page. */
  readonly after: string;
  readonly limit: number;
}

/** One page of the main accounts that fit, by id. */
export interface FoundMainAccounts {
  readonly mainAccounts: readonly MainAccountRow[];
  /** `after` of the next page; null when there is none. */
  readonly next: string | null;
}

/** @throws ReadModelBehind */
export class FindMainAccountsQuery extends Query<FoundMainAccounts & Freshness> {
  constructor(readonly request: FindMainAccounts) {
    super();
  }
}

@QueryHandler(FindMainAccountsQuery)
export class FindMainAccountsHandler implements IQueryHandler<FindMainAccountsQuery> {
  constructor(private readonly projections: Projections) {}

  execute({ request }: FindMainAccountsQuery): Promise<FoundMainAccounts & Freshness> {
    return this.projections.read('accounts', undefined, (models) => find(models, request));
  }
}

function find(models: ReadModels, { prefix, after, limit }: FindMainAccounts): FoundMainAccounts {
  const rows = models
    .query<MainAccountRow>(
      // Ids are ASCII: everything that begins with the prefix lies before the prefix with a DEL behind it.
      `SELECT main_account_id AS mainAccountId, currency, available,
       sip_accounts_available AS sipAccountsAvailable, sip_accounts_count AS sipAccountsCount
     FROM main_accounts WHERE main_account_id >= ? AND main_account_id < ? AND main_account_id > ?
     ORDER BY main_account_id LIMIT ?`,
    )
    .all(prefix, `${prefix}\u007f`, after, limit + 1);
  const mainAccounts = rows.slice(0, limit);
  return { mainAccounts, next: rows.length > limit ? (mainAccounts.at(-1)?.mainAccountId ?? null) : null };
}

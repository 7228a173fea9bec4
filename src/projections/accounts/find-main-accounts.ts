import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { searchText } from '../names/search-text.js';
import { Projections, type Freshness } from '../projections.js';
import type { ReadModels } from '../read-models.js';
import type { MainAccountRow } from './list-main-accounts.js';

export interface FindMainAccounts {
  /** How the ids, or a word in the name of a SIP account, begin; everything when empty. */
  readonly prefix: string;
  /** The last id of the page before; empty for the first page. */
  readonly after: string;
  readonly limit: number;
}

/** One page of the main accounts that fit, by id. */
export interface FoundMainAccounts {
  readonly mainAccounts: readonly FoundMainAccount[];
  /** `after` of the next page; null when there is none. */
  readonly next: string | null;
}

export interface FoundMainAccount extends MainAccountRow {
  /** The name of one of its SIP accounts that fits; null when it is only the id that does. */
  readonly named: string | null;
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

/** Ids are ASCII: everything that begins with the prefix lies before the prefix with a DEL behind it. */
const AFTER_IDS = '\u007f';
/** The last character there is, which no name contains. */
const AFTER_TEXTS = '\u{10ffff}';

const BY_ID = `SELECT * FROM (SELECT main_account_id, NULL AS name FROM main_accounts
  WHERE main_account_id >= ? AND main_account_id < ? AND main_account_id > ? ORDER BY main_account_id LIMIT ?)`;
const BY_NAME = `SELECT * FROM (SELECT main_account_id, min(name) AS name
  FROM name_tails JOIN names USING (main_account_id, sip_account_id)
  WHERE tail >= ? AND tail < ? AND main_account_id > ? GROUP BY main_account_id ORDER BY main_account_id LIMIT ?)`;

function find(models: ReadModels, { prefix, after, limit }: FindMainAccounts): FoundMainAccounts {
  const text = searchText(prefix);
  const rows = models
    .query<FoundMainAccount>(
      `SELECT main_account_id AS mainAccountId, currency, available,
       sip_accounts_available AS sipAccountsAvailable, sip_accounts_count AS sipAccountsCount,
       min(name) AS named
     FROM (${BY_ID} UNION ALL ${BY_NAME}) JOIN main_accounts USING (main_account_id)
     GROUP BY main_account_id ORDER BY main_account_id LIMIT ?`,
    )
    .all(
      prefix,
      prefix + AFTER_IDS,
      after,
      limit + 1,
      text,
      text && text + AFTER_TEXTS,
      after,
      limit + 1,
      limit + 1,
    );
  const mainAccounts = rows.slice(0, limit);
  return { mainAccounts, next: rows.length > limit ? (mainAccounts.at(-1)?.mainAccountId ?? null) : null };
}

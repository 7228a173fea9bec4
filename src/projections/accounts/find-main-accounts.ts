import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { searchText } from '../names/search-text.js';
import type { Freshness } from '../freshness.js';
import { Reads } from '../reads.js';
import type { ReadModels } from '../read-models.js';
import type { MainAccountRow } from './list-main-accounts.js';

export interface FindMainAccounts {
  /** How the ids, or a word in the name of a SIP account, begin; everything when empty. */
  readonly prefix: string;
  /** The last id of the page before; empty for the first page. */
  readonly after: string;
  /** The first id of the page behind it, whatever `after` is. */
  readonly before?: string | undefined;
  readonly limit: number;
}

/** One page of the main accounts that fit, by id. */
export interface FoundMainAccounts {
  readonly mainAccounts: readonly FoundMainAccount[];
  /** `after` of the next page; null when there is none. */
  readonly next: string | null;
  /** `before` of the page before; null when there is none. */
  readonly previous: string | null;
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
  constructor(private readonly reads: Reads) {}

  execute({ request }: FindMainAccountsQuery): Promise<FoundMainAccounts & Freshness> {
    return this.reads.read('accounts', undefined, (models) => find(models, request));
  }
}

/** Ids are ASCII: everything that begins with the prefix lies before the prefix with a DEL behind it. */
const AFTER_IDS = '\u007f';
/** The last character there is, which no name contains. */
const AFTER_TEXTS = '\u{10ffff}';

/** In which order ids are looked at, from which one on. */
const DIRECTIONS = {
  on: { beyond: '>', order: 'ASC' },
  back: { beyond: '<', order: 'DESC' },
} as const;

const sqlOf = ({ beyond, order }: (typeof DIRECTIONS)[keyof typeof DIRECTIONS]): string => {
  const page = `main_account_id ${beyond} ?3`;
  const sorted = `ORDER BY main_account_id ${order} LIMIT ?4`;
  return `SELECT main_account_id AS mainAccountId, currency, available,
      sip_accounts_available AS sipAccountsAvailable, sip_accounts_count AS sipAccountsCount, min(name) AS named
    FROM (
      SELECT * FROM (SELECT main_account_id, NULL AS name FROM main_accounts
        WHERE main_account_id >= ?1 AND main_account_id < ?2 AND ${page} ${sorted})
      UNION ALL
      SELECT * FROM (SELECT main_account_id, min(name) AS name
        FROM name_tails JOIN names USING (main_account_id, sip_account_id)
        WHERE tail >= ?5 AND tail < ?6 AND ${page} GROUP BY main_account_id ${sorted})
    ) JOIN main_accounts USING (main_account_id)
    GROUP BY main_account_id ${sorted}`;
};

function find(models: ReadModels, { prefix, after, before, limit }: FindMainAccounts): FoundMainAccounts {
  const text = searchText(prefix);
  const isBack = before !== undefined;
  // One more than asked for tells whether there is another page.
  const rows = models
    .query<FoundMainAccount>(sqlOf(isBack ? DIRECTIONS.back : DIRECTIONS.on))
    .all(prefix, prefix + AFTER_IDS, before ?? after, limit + 1, text, text && text + AFTER_TEXTS);
  const more = rows.length > limit;
  const mainAccounts = isBack ? rows.slice(0, limit).toReversed() : rows.slice(0, limit);
  const [first, last] = [mainAccounts.at(0), mainAccounts.at(-1)];
  return {
    mainAccounts,
    previous: (isBack ? more : after !== '') ? (first?.mainAccountId ?? null) : null,
    next: isBack || more ? (last?.mainAccountId ?? null) : null,
  };
}

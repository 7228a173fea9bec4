import type { Position } from '../../event-store/event-store.js';
import { mainAccountStream } from '../../ledger/streams.js';
import { positionOf, type ReadModels } from '../read-models.js';

/** SIP accounts that a view holds at most. An account that has more is read page by page. */
const VIEW_ROWS = 100;

export interface SipAccountRow {
  readonly sipAccountId: string;
  readonly available: string;
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

export interface SipAccountOverview {
  readonly mainAccountId: string;
  readonly sipAccountId: string;
  readonly currency: string;
  readonly available: string;
  /** When credit was last moved to or from it; null if never. */
  readonly movedAt: string | null;
  /** That of the main account's last event. */
  readonly revision: number;
}

/** What a main account has in all, and up to where the rows held the log when it was read. */
export interface Totals {
  readonly currency: string;
  readonly available: string;
  readonly sipAccountsAvailable: string;
  readonly sipAccountsCount: number;
  readonly revision: number;
  readonly position: string;
}

/** The columns of `main_accounts` that they are. */
export const TOTALS = `currency, available, sip_accounts_available AS sipAccountsAvailable,
         sip_accounts_count AS sipAccountsCount, revision, ${positionOf('accounts')}`;

/** An overview with its members in the order in which they are answered, as of now or of a moment in the past. */
export const overviewOf = (
  mainAccountId: string,
  totals: Omit<Totals, 'position'>,
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

/** The answers about a main account, ready made. Without any when it has more SIP accounts than a view holds. */
export interface AccountView {
  /** Up to where the rows held the log. */
  readonly position: Position;
  /** With all its SIP accounts. */
  readonly overview?: MainAccountOverview;
  readonly sipAccounts?: ReadonlyMap<string, SipAccountOverview>;
}

/** @returns undefined when there is no such account */
export function viewOf(models: ReadModels, mainAccountId: string): AccountView | undefined {
  return models.recent.of(mainAccountStream(mainAccountId), () =>
    models.inThisTurn(() => readView(models, mainAccountId)),
  );
}

/** One statement, which is a transaction by itself, and the rows as one text: to make an object of each takes longer. */
function readView(models: ReadModels, mainAccountId: string): AccountView | undefined {
  const row = models
    .query<Totals & { rows: string | null }>(
      `SELECT ${TOTALS}, CASE WHEN sip_accounts_count <= ${VIEW_ROWS} THEN
         (SELECT json_group_array(json_array(sip_account_id, available, moved_at)) FROM
           (SELECT sip_account_id, available, moved_at FROM sip_accounts
            WHERE main_account_id = ? ORDER BY place)) END AS rows
       FROM main_accounts WHERE main_account_id = ?`,
    )
    .get(mainAccountId, mainAccountId);
  if (!row) return undefined;
  const position = BigInt(row.position);
  if (row.rows === null) return { position };
  const { currency, revision } = row;
  const sipAccounts = (JSON.parse(row.rows) as readonly [string, string, string | null][]).map(
    ([sipAccountId, available, movedAt]): SipAccountOverview => ({
      mainAccountId,
      sipAccountId,
      currency,
      available,
      movedAt,
      revision,
    }),
  );
  return {
    position,
    overview: overviewOf(mainAccountId, row, sipAccounts.map(rowOf), null),
    sipAccounts: new Map(sipAccounts.map((sipAccount) => [sipAccount.sipAccountId, sipAccount])),
  };
}

const rowOf = ({ sipAccountId, available }: SipAccountRow): SipAccountRow => ({ sipAccountId, available });

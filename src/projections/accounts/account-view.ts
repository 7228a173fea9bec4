import { mainAccountStream } from '../../ledger/streams.js';
import { positionOf, type ReadModels } from '../read-models.js';

/** SIP accounts that a view holds at most. An account that has more is read page by page. */
const VIEW_ROWS = 100;

export interface SipAccountRow {
  readonly sipAccountId: string;
  readonly available: string;
}

/** A main account as the read models hold it, with its SIP accounts in the order they were added. */
export interface AccountView {
  readonly currency: string;
  readonly available: string;
  readonly sipAccountsAvailable: string;
  readonly sipAccountsCount: number;
  readonly revision: number;
  /** Up to where the rows held the log when they were read. */
  readonly position: string;
  readonly sipAccounts: readonly SipAccountRow[];
  /** The same by their ids, and when credit was last moved to or from each; null if never. */
  readonly balances: ReadonlyMap<string, { readonly available: string; readonly movedAt: string | null }>;
}

type Totals = Omit<AccountView, 'sipAccounts' | 'balances'>;

/** @returns undefined when there is no such account, or it has more SIP accounts than a view holds */
export function viewOf(models: ReadModels, mainAccountId: string): AccountView | undefined {
  return models.recent.of(mainAccountStream(mainAccountId), () => readView(models, mainAccountId));
}

/** One statement, the rows as one text: the driver takes longer for a call than SQLite for a row. */
function readView(models: ReadModels, mainAccountId: string): AccountView | undefined {
  const row = models
    .query<Totals & { rows: string }>(
      `SELECT currency, available, sip_accounts_available AS sipAccountsAvailable,
         sip_accounts_count AS sipAccountsCount, revision, ${positionOf('accounts')},
         (SELECT json_group_array(json_array(sip_account_id, available, moved_at)) FROM
           (SELECT sip_account_id, available, moved_at FROM sip_accounts
            WHERE main_account_id = ? ORDER BY place)) AS rows
       FROM main_accounts WHERE main_account_id = ? AND sip_accounts_count <= ${VIEW_ROWS}`,
    )
    .get(mainAccountId, mainAccountId);
  if (!row) return undefined;
  const { currency, available, sipAccountsAvailable, sipAccountsCount, revision, position } = row;
  const rows = JSON.parse(row.rows) as readonly [string, string, string | null][];
  return {
    currency,
    available,
    sipAccountsAvailable,
    sipAccountsCount,
    revision,
    position,
    sipAccounts: rows.map(([sipAccountId, balance]) => ({ sipAccountId, available: balance })),
    balances: new Map(
      rows.map(([sipAccountId, balance, movedAt]) => [sipAccountId, { available: balance, movedAt }]),
    ),
  };
}

import { mainAccountStream } from '../../ledger/streams.js';
import { positionOf, type ReadModels } from '../read-models.js';

/** SIP accounts that a view holds at most. An account that has more is read page by page. */
const VIEW_ROWS = 100;

export interface SipAccountRow {
  readonly sipAccountId: string;
  readonly available: string;
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

/** A main account as the read models hold it, with its SIP accounts unless they are more than a view holds. */
export interface AccountView extends Totals {
  /** In the order they were added. */
  readonly sipAccounts?: readonly SipAccountRow[];
  /** The same by their ids, and when credit was last moved to or from each; null if never. */
  readonly balances?: ReadonlyMap<string, { readonly available: string; readonly movedAt: string | null }>;
}

/** @returns undefined when there is no such account */
export function viewOf(models: ReadModels, mainAccountId: string): AccountView | undefined {
  return models.recent.of(mainAccountStream(mainAccountId), () => readView(models, mainAccountId));
}

/** One statement, the rows as one text: the driver takes longer for a call than SQLite for a row. */
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
  const { rows: text, ...totals } = row;
  if (text === null) return totals;
  const rows = JSON.parse(text) as readonly [string, string, string | null][];
  return {
    ...totals,
    sipAccounts: rows.map(([sipAccountId, available]) => ({ sipAccountId, available })),
    balances: new Map(
      rows.map(([sipAccountId, available, movedAt]) => [sipAccountId, { available, movedAt }]),
    ),
  };
}

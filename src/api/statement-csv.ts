import { csvRecord } from '../projections/history/csv.js';
import { ENTRY_COLUMNS, entryFields } from '../projections/history/entry-csv.js';
import type { Statement, StatementBalances } from '../projections/history/get-statement.js';

const COLUMNS = [...ENTRY_COLUMNS, 'hash'];

/**
 * A statement as CSV: opening balance, every entry, closing balance. Read page by page, up to the event that the first
 * page rests on: what is recorded while the others are read is no part of it.
 */
export async function* statementCsv(
  first: Statement,
  read: (after: string) => Promise<Statement>,
): AsyncGenerator<string> {
  yield csvRecord(COLUMNS);
  yield balances(first.from, 'opening', first.opening, first.currency);
  for (let page = first; ; page = await read(page.next)) {
    const entries = page.entries.filter(({ revision }) => revision <= first.revision);
    yield entries.map((entry) => csvRecord([...entryFields(entry, first.currency), entry.hash])).join('');
    if (page.next === null || entries.length < page.entries.length) break;
  }
  yield balances(first.until, 'closing', first.closing, first.currency);
}

function balances(
  at: string,
  type: string,
  { mainAccount, sipAccounts }: StatementBalances,
  currency: string,
): string {
  const fields: Readonly<Record<string, string>> = {
    recorded_at: at,
    type,
    currency,
    main_account_available: mainAccount.available,
    sip_accounts_available: sipAccounts.available,
  };
  return csvRecord(COLUMNS.map((column) => fields[column] ?? ''));
}

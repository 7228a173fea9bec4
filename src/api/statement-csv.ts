import { csvRecord } from '../projections/history/csv.js';
import type { HistoryEntry } from '../projections/history/history-entry.js';
import type { Statement, StatementBalances } from '../projections/history/get-statement.js';

const HEAD =
  'recorded_at,revision,type,sip_account,amount,currency,main_account_available,sip_accounts_available,' +
  'sip_account_available,reference,actor,event_id,hash';

/**
 * A statement as CSV: opening balance, every entry, closing balance. Read page by page, up to the event that the first
 * page rests on: what is recorded while the others are read is no part of it.
 */
export async function* statementCsv(
  first: Statement,
  read: (after: string) => Promise<Statement>,
): AsyncGenerator<string> {
  yield csvRecord(HEAD.split(','));
  yield balances(first.from, 'opening', first.opening, first.currency);
  for (let page = first; ; page = await read(page.next)) {
    const entries = page.entries.filter(({ revision }) => revision <= first.revision);
    yield entries.map((entry) => csvRecord(fieldsOf(entry, first.currency))).join('');
    if (page.next === null || entries.length < page.entries.length) break;
  }
  yield balances(first.until, 'closing', first.closing, first.currency);
}

const fieldsOf = (entry: HistoryEntry, currency: string): string[] => [
  entry.recordedAt,
  String(entry.revision),
  entry.type,
  entry.sipAccountId ?? '',
  entry.amount ?? '',
  currency,
  entry.mainAccount.available,
  entry.sipAccounts.available,
  entry.sipAccount?.available ?? '',
  entry.reference ?? '',
  entry.actor,
  entry.eventId,
  entry.hash,
];

const balances = (
  at: string,
  type: string,
  { mainAccount, sipAccounts }: StatementBalances,
  currency: string,
) =>
  csvRecord([
    at,
    '',
    type,
    '',
    '',
    currency,
    mainAccount.available,
    sipAccounts.available,
    '',
    '',
    '',
    '',
    '',
  ]);

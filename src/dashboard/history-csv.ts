import type { HistoryEntry } from '../projections/history/history-entry.js';
import { csvRecord } from '../projections/history/csv.js';

export interface PageOfHistory {
  readonly currency: string;
  readonly entries: readonly HistoryEntry[];
  readonly next: number | null;
}

const HEAD = [
  'recorded_at',
  'revision',
  'type',
  'sip_account',
  'amount',
  'currency',
  'main_account_available',
  'sip_accounts_available',
  'sip_account_available',
  'reference',
  'actor',
  'event_id',
  'idempotency_key',
  'hash',
];

/** A history as CSV, newest first, page by page. Amounts have a point, whatever the language: it is for programs too. */
export async function* csvOf(
  first: PageOfHistory,
  read: (before: number) => Promise<PageOfHistory>,
): AsyncGenerator<string> {
  yield csvRecord(HEAD);
  for (let page = first; ; page = await read(page.next)) {
    yield page.entries.map((entry) => csvRecord(fieldsOf(entry, page.currency))).join('');
    if (page.next === null) return;
  }
}

const fieldsOf = (entry: HistoryEntry, currency: string): string[] => [
  entry.recordedAt,
  String(entry.revision),
  entry.type,
  entry.sipAccountId ?? '',
  entry.amount ?? '',
  entry.amount === undefined ? '' : currency,
  entry.mainAccount.available,
  entry.sipAccounts.available,
  entry.sipAccount?.available ?? '',
  entry.reference ?? '',
  entry.actor,
  entry.eventId,
  entry.idempotencyKey,
  entry.hash,
];

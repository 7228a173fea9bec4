import type { HistoryEntry } from './history-entry.js';

/** How the record of an entry begins in every CSV file. Amounts have a point, whatever the language. */
export const ENTRY_COLUMNS = [
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
];

/** An entry in these columns. */
export const entryFields = (entry: HistoryEntry, currency: string): string[] => [
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
];

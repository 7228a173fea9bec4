import type { HistoryEntry } from '../projections/history/history-entry.js';
import { csvRecord } from '../projections/history/csv.js';
import { ENTRY_COLUMNS, entryFields } from '../projections/history/entry-csv.js';

export interface PageOfHistory {
  readonly currency: string;
  readonly entries: readonly HistoryEntry[];
  readonly next: number | null;
}

/** A history as CSV, newest first, page by page: for programs too. */
export async function* csvOf(
  first: PageOfHistory,
  read: (before: number) => Promise<PageOfHistory>,
): AsyncGenerator<string> {
  yield csvRecord([...ENTRY_COLUMNS, 'idempotency_key', 'hash']);
  for (let page = first; ; page = await read(page.next)) {
    yield page.entries.map((entry) => csvRecord(fieldsOf(entry, page.currency))).join('');
    if (page.next === null) return;
  }
}

const fieldsOf = (entry: HistoryEntry, currency: string): string[] => [
  ...entryFields(entry, entry.amount === undefined ? '' : currency),
  entry.idempotencyKey,
  entry.hash,
];

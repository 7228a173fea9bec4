import type { LedgerEvent } from '../../ledger/domain/events.js';
import type { ReadModels } from '../read-models.js';
import { entriesIn, type EntryRange, type EntryRow } from './entries.js';

/** An event, and the balances right after it. */
export interface HistoryEntry {
  readonly revision: number;
  readonly eventId: string;
  readonly type: LedgerEvent['type'];
  readonly recordedAt: string;
  readonly sipAccountId?: string;
  readonly amount?: string;
  readonly currency?: string;
  readonly reference?: string;
  readonly actor: string;
  readonly idempotencyKey: string;
  readonly hash: string;
  readonly mainAccount: { readonly available: string };
  /** Σ over the SIP accounts. */
  readonly sipAccounts: { readonly available: string };
  /** The SIP account that the event names. */
  readonly sipAccount?: { readonly available: string };
}

const entryOf = (row: EntryRow): HistoryEntry => ({
  revision: row.revision,
  eventId: row.event_id,
  type: row.type,
  recordedAt: row.recorded_at,
  ...(row.sip_account_id !== null && { sipAccountId: row.sip_account_id }),
  ...(row.amount !== null && { amount: row.amount }),
  ...(row.currency !== null && { currency: row.currency }),
  ...(row.reference !== null && { reference: row.reference }),
  actor: row.actor,
  idempotencyKey: row.idempotency_key,
  hash: row.hash,
  mainAccount: { available: row.available },
  sipAccounts: { available: row.sip_accounts_available },
  ...(row.sip_available !== null && { sipAccount: { available: row.sip_available } }),
});

/**
 * So many entries are looked through for a page at most: a rare kind in a long history comes on several pages
 * rather than keep everybody waiting.
 */
export const MOST_SCANNED = 20_000;

/** Some entries of a range, as many as its limit at most. */
export interface EntryPage {
  readonly entries: readonly HistoryEntry[];
  /** The revision that the next page of the range comes after, or before when newest first; null when there is none. */
  readonly next: number | null;
}

/** The first page of a range, which may be empty though there is a next one. */
export function pageOfEntries(models: ReadModels, range: EntryRange): EntryPage {
  const { newestFirst = false, limit } = range;
  const begin = newestFirst ? Math.max(range.begin, range.end - MOST_SCANNED) : range.begin;
  const end = newestFirst ? range.end : Math.min(range.end, begin + MOST_SCANNED);
  // One more than asked for tells whether there is another page.
  const rows = entriesIn(models, { ...range, begin, end, limit: limit + 1 });
  const entries = rows.slice(0, limit).map(entryOf);
  if (rows.length > limit) return { entries, next: entries.at(-1)!.revision };
  if (newestFirst) return { entries, next: begin > range.begin ? begin : null };
  return { entries, next: end < range.end ? end - 1 : null };
}

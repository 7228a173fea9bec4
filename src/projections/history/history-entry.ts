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

/** Some entries of a range, as many as its limit at most. */
export interface EntryPage {
  readonly entries: readonly HistoryEntry[];
  /** Revision of the last of them, when others of the range come behind it; else null. */
  readonly next: number | null;
}

export function pageOfEntries(models: ReadModels, range: EntryRange): EntryPage {
  const { limit } = range;
  // One more than asked for tells whether there is another page.
  const rows = entriesIn(models, { ...range, limit: limit + 1 });
  const entries = rows.slice(0, limit).map(entryOf);
  return { entries, next: rows.length > limit ? entries.at(-1)!.revision : null };
}

import type { Big } from 'big.js';
import type { Account } from '../../ledger/domain/account.js';
import { formatAmount } from '../../ledger/domain/amount.js';
import { sipAccountIdOf, type EventMetadata } from '../../ledger/domain/events.js';
import type { LogEntry } from '../log-entry.js';

/**
 * What an entry says, by its place in the JSON array that is its body. One text: the driver takes as long for a value
 * as SQLite for the row, and nothing here is searched for by an index. The view `history` gives columns.
 */
export const BODY = [
  'event_id',
  'type',
  'recorded_at',
  'sip_account_id',
  'amount',
  'currency',
  'reference',
  'actor',
  'idempotency_key',
  'available',
  'sip_accounts_available',
  'sip_accounts_count',
  'sip_available',
] as const;

/** @param account as it is after the event @param sipAvailable what the SIP account that it names has then */
export function bodyOf(
  { recorded, event, metadata }: LogEntry,
  account: Account,
  sipAvailable: Big | undefined,
): string {
  const { type, data } = event;
  // In the order of BODY.
  return JSON.stringify([
    recorded.id,
    type,
    metadata.recordedAt,
    sipAccountIdOf(event) ?? null,
    'amount' in data ? data.amount : null,
    'currency' in data ? data.currency : null,
    'reference' in data ? data.reference : null,
    metadata.actor,
    metadata.idempotencyKey,
    formatAmount(account.available),
    formatAmount(account.sipAccountsAvailable),
    account.sipAccountsCount,
    sipAvailable ? formatAmount(sipAvailable) : null,
  ]);
}

/** The fingerprint and the hash as one text of hexadecimal digits; in the file half as many bytes. */
export function digestsOf({ fingerprint, hash }: EventMetadata): string {
  if (fingerprint.length !== 64 || hash.length !== 64) throw new Error('a digest is not 32 bytes long');
  return fingerprint + hash;
}

import type { Big } from 'big.js';
import { sipAvailable, type Account } from './account.js';
import { formatAmount, type Amount } from './amount.js';
import { sipAccountIdOf, type LedgerEvent } from './events.js';
import { quoted } from './json-text.js';

/** What a command booked, and the balances right after it. */
export interface Receipt {
  readonly eventId: string;
  readonly type: LedgerEvent['type'];
  readonly mainAccountId: string;
  readonly sipAccountId?: string;
  readonly amount?: Amount;
  readonly revision: number;
  readonly recordedAt: string;
  readonly mainAccount: { readonly available: Amount };
  /** Σ over the SIP accounts. */
  readonly sipAccounts: { readonly available: Amount };
  /** The SIP account that the command named. */
  readonly sipAccount?: { readonly available: Amount };
}

export interface Booked {
  readonly eventId: string;
  readonly revision: number;
  readonly recordedAt: string;
}

/**
 * The receipt of an event as JSON text, from the account as it is right after it. Its fields come in a fixed order,
 * so that the same event always makes the same text, whoever asks for it and when.
 */
export function receiptText(event: LedgerEvent, booked: Booked, account: Account): string {
  const sipAccountId = sipAccountIdOf(event);
  // Joined, not added up: such a text stays a tree of its pieces as long as it is kept, for the collector to copy.
  const parts = [`{"eventId":"${booked.eventId}","type":"${event.type}"`];
  parts.push(`,"mainAccountId":${quoted(account.mainAccountId)}`);
  if (sipAccountId !== undefined) parts.push(`,"sipAccountId":${quoted(sipAccountId)}`);
  if ('amount' in event.data) parts.push(`,"amount":"${event.data.amount}"`);
  parts.push(`,"revision":${booked.revision},"recordedAt":${quoted(booked.recordedAt)}`);
  parts.push(`,"mainAccount":${balance(account.available)}`);
  parts.push(`,"sipAccounts":${balance(account.sipAccountsAvailable)}`);
  if (sipAccountId !== undefined) parts.push(`,"sipAccount":${balance(sipAvailable(account, sipAccountId))}`);
  parts.push('}');
  return parts.join('');
}

const balance = (available: Big): string => `{"available":"${formatAmount(available)}"}`;

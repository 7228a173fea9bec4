import { sipAvailable, type Account } from './account.js';
import { formatAmount, type Amount } from './amount.js';
import { sipAccountIdOf, type LedgerEvent } from './events.js';

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
 * The receipt of an event, from the account as it is right after it. Its fields come in a fixed order,
 * so that the same event always makes the same text, whoever asks for it and when.
 */
export function receiptOf(event: LedgerEvent, booked: Booked, account: Account): Receipt {
  const sipAccountId = sipAccountIdOf(event);
  return {
    eventId: booked.eventId,
    type: event.type,
    mainAccountId: account.mainAccountId,
    ...(sipAccountId !== undefined && { sipAccountId }),
    ...('amount' in event.data && { amount: event.data.amount }),
    revision: booked.revision,
    recordedAt: booked.recordedAt,
    mainAccount: { available: formatAmount(account.available) },
    sipAccounts: { available: formatAmount(account.sipAccountsAvailable) },
    ...(sipAccountId !== undefined && {
      sipAccount: { available: formatAmount(sipAvailable(account, sipAccountId)) },
    }),
  };
}

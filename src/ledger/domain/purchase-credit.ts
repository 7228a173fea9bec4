import { requireOpen, type Account } from './account.js';
import { formatAmount, isTooLarge, type Amount } from './amount.js';
import { BalanceLimitExceeded } from './errors.js';
import type { CreditPurchased } from './events.js';

export interface PurchaseCredit {
  readonly mainAccountId: string;
  readonly amount: Amount;
  /** The caller's own, such as an invoice number. No personal data: events are kept for ever. */
  readonly reference: string;
}

/** @throws MainAccountNotFound, BalanceLimitExceeded */
export function purchaseCredit(account: Account, { amount, reference }: PurchaseCredit): CreditPurchased {
  requireOpen(account);
  if (isTooLarge(account.available.plus(amount)))
    throw new BalanceLimitExceeded('the main account', formatAmount(account.available));
  return { type: 'CreditPurchased', data: { amount, reference } };
}

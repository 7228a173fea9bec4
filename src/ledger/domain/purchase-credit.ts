import { requireOpen, type Account } from './account.js';
import { formatAmount, isTooLarge, type Amount } from './amount.js';
import { BalanceLimitExceeded, ReferenceNotPlain } from './errors.js';
import type { CreditPurchased } from './events.js';
import { plainText } from './plain-text.js';

const REFERENCE = plainText(1, 140);

export interface PurchaseCredit {
  readonly mainAccountId: string;
  readonly amount: Amount;
  /** The caller's own, such as an invoice number. No personal data: events are kept for ever. */
  readonly reference: string;
}

/** @throws ReferenceNotPlain, MainAccountNotFound, BalanceLimitExceeded */
export function purchaseCredit(account: Account, { amount, reference }: PurchaseCredit): CreditPurchased {
  if (!REFERENCE.test(reference)) throw new ReferenceNotPlain();
  requireOpen(account);
  if (isTooLarge(account.available.plus(amount)))
    throw new BalanceLimitExceeded('the main account', formatAmount(account.available));
  return { type: 'CreditPurchased', data: { amount, reference } };
}

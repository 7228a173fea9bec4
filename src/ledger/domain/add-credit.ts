import { Big } from 'big.js';
import { requireOpen, sipAvailable, type Account } from './account.js';
import { formatAmount, isSumTooLarge, type Amount } from './amount.js';
import { BalanceLimitExceeded, InsufficientCredit } from './errors.js';
import type { CreditAllocated } from './events.js';

export interface AddCredit {
  readonly mainAccountId: string;
  readonly sipAccountId: string;
  readonly amount: Amount;
}

/** @throws MainAccountNotFound, SipAccountNotFound, InsufficientCredit, BalanceLimitExceeded */
export function addCredit(account: Account, { sipAccountId, amount }: AddCredit): CreditAllocated {
  requireOpen(account);
  const available = sipAvailable(account, sipAccountId);
  const moved = new Big(amount);
  if (account.available.lt(moved)) throw new InsufficientCredit(formatAmount(account.available), amount);
  if (isSumTooLarge(available, moved))
    throw new BalanceLimitExceeded(`SIP account ${sipAccountId}`, formatAmount(available));
  return { type: 'CreditAllocated', data: { amount, sipAccountId } };
}

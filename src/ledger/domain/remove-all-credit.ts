import { requireOpen, sipAvailable, type Account } from './account.js';
import { formatAmount, MAX_AMOUNT } from './amount.js';
import { BalanceLimitExceeded, NoCreditToReclaim } from './errors.js';
import type { CreditReclaimed } from './events.js';

export interface RemoveAllCredit {
  readonly mainAccountId: string;
  readonly sipAccountId: string;
}

/** @throws MainAccountNotFound, SipAccountNotFound, NoCreditToReclaim, BalanceLimitExceeded */
export function removeAllCredit(account: Account, { sipAccountId }: RemoveAllCredit): CreditReclaimed {
  requireOpen(account);
  const available = sipAvailable(account, sipAccountId);
  if (available.eq(0)) throw new NoCreditToReclaim(sipAccountId);
  if (account.available.plus(available).gt(MAX_AMOUNT))
    throw new BalanceLimitExceeded('the main account', formatAmount(account.available));
  return { type: 'CreditReclaimed', data: { sipAccountId, amount: formatAmount(available) } };
}

import { requireOpen, sipAvailable, type Account } from './account.js';
import { formatAmount, isSumTooLarge, type Amount } from './amount.js';
import { AmountChanged, BalanceLimitExceeded, NoCreditToReclaim } from './errors.js';
import type { CreditReclaimed } from './events.js';

export interface RemoveAllCredit {
  readonly mainAccountId: string;
  readonly sipAccountId: string;
  /** Given when somebody confirmed an amount: this and no other is removed. Without it, whatever there is. */
  readonly expected?: Amount;
}

/** @throws MainAccountNotFound, SipAccountNotFound, NoCreditToReclaim, AmountChanged, BalanceLimitExceeded */
export function removeAllCredit(
  account: Account,
  { sipAccountId, expected }: RemoveAllCredit,
): CreditReclaimed {
  requireOpen(account);
  const available = sipAvailable(account, sipAccountId);
  if (available.eq(0)) throw new NoCreditToReclaim(sipAccountId);
  const amount = formatAmount(available);
  if (expected !== undefined && expected !== amount) throw new AmountChanged(sipAccountId, amount, expected);
  if (isSumTooLarge(account.available, available))
    throw new BalanceLimitExceeded('the main account', formatAmount(account.available));
  return { type: 'CreditReclaimed', data: { amount, sipAccountId } };
}

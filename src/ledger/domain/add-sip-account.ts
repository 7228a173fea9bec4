import { requireOpen, type Account } from './account.js';
import { SipAccountAlreadyAdded, SipAccountLimitReached } from './errors.js';
import type { SipAccountAdded } from './events.js';

export const MAX_SIP_ACCOUNTS = 10_000;

export interface AddSipAccount {
  readonly mainAccountId: string;
  readonly sipAccountId: string;
}

/** @throws MainAccountNotFound, SipAccountAlreadyAdded, SipAccountLimitReached */
export function addSipAccount(account: Account, { sipAccountId }: AddSipAccount): SipAccountAdded {
  requireOpen(account);
  if (account.sipAccounts.has(sipAccountId)) throw new SipAccountAlreadyAdded(sipAccountId);
  if (account.sipAccountsCount >= MAX_SIP_ACCOUNTS) throw new SipAccountLimitReached(MAX_SIP_ACCOUNTS);
  return { type: 'SipAccountAdded', data: { sipAccountId } };
}

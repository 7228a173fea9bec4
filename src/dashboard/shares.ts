import { ZERO } from '../ledger/domain/amount.js';
import type { FoundSipAccounts } from '../projections/accounts/search-sip-accounts.js';
import { amountOf, unitsOf } from './amounts.js';
import { accountLabel } from './format.js';
import type { Share } from './parts/share-bar.js';
import type { View } from './view.js';

/** How an account's credit is spread: the main account, the SIP accounts with most, and the others together. */
export function sharesOf(account: FoundSipAccounts, view: View): readonly Share[] {
  const { available, sipAccountsAvailable, sipAccountsCount, largest, currency } = account;
  const { overview } = view.t;
  const rest = largest.reduce((sum, sip) => sum - unitsOf(sip.available), unitsOf(sipAccountsAvailable));
  return [
    { name: overview.shareMain, amount: available },
    ...largest.map((sip) => ({ name: accountLabel(sip.sipAccountId, sip.name), amount: sip.available })),
    { name: overview.shareOthers(view.count(sipAccountsCount - largest.length)), amount: amountOf(rest) },
  ]
    .filter(({ amount }) => amount !== ZERO)
    .map((share) => ({ ...share, text: view.money(share.amount, currency) }));
}

import { Big } from 'big.js';
import { kept } from './amount.js';
import { MainAccountNotFound, SipAccountNotFound } from './errors.js';
import type { LedgerEvent } from './events.js';

/** A main account with its SIP accounts, folded from its events. Sums of money are exact. */
export interface Account {
  readonly mainAccountId: string;
  /** ISO 4217; undefined until the account is opened. */
  readonly currency: string | undefined;
  /** Bought so far. purchased = available + sipAccountsAvailable, always. */
  readonly purchased: Big;
  readonly available: Big;
  /** Σ over the SIP accounts. */
  readonly sipAccountsAvailable: Big;
  readonly sipAccountsCount: number;
  readonly sipAccounts: ReadonlyMap<string, Big>;
}

/** The same, for the one that folds: `evolve` changes it in place, since an account may have 10 000 SIP accounts. */
export type Fold = { -readonly [K in keyof Account]: Account[K] } & { sipAccounts: Map<string, Big> };

/** The state before the first event. */
export const emptyFold = (mainAccountId: string): Fold => ({
  mainAccountId,
  currency: undefined,
  purchased: new Big(0),
  available: new Big(0),
  sipAccountsAvailable: new Big(0),
  sipAccountsCount: 0,
  sipAccounts: new Map(),
});

/** Applies one event. The only place that says what an event means for the balances. */
export function evolve(account: Fold, event: LedgerEvent): void {
  switch (event.type) {
    case 'MainAccountOpened':
      account.currency = event.data.currency;
      return;
    case 'CreditPurchased':
      account.purchased = kept(account.purchased.plus(event.data.amount));
      account.available = kept(account.available.plus(event.data.amount));
      return;
    case 'SipAccountAdded':
      account.sipAccounts.set(event.data.sipAccountId, new Big(0));
      account.sipAccountsCount += 1;
      return;
    case 'CreditAllocated':
      return move(account, event.data.sipAccountId, new Big(event.data.amount));
    case 'CreditReclaimed':
      return move(account, event.data.sipAccountId, new Big(event.data.amount).neg());
    default:
      event satisfies never;
  }
}

/** Moves credit from the main account to a SIP account; back again if the amount is negative. */
function move(account: Fold, sipAccountId: string, amount: Big): void {
  account.available = kept(account.available.minus(amount));
  account.sipAccountsAvailable = kept(account.sipAccountsAvailable.plus(amount));
  account.sipAccounts.set(sipAccountId, kept(sipAvailable(account, sipAccountId).plus(amount)));
}

/** Nothing of what was bought is missing, nor there twice. */
export function addsUp({ sipAccounts, ...account }: Account): boolean {
  const sum = [...sipAccounts.values()].reduce((total, available) => total.plus(available), new Big(0));
  return (
    sipAccounts.size === account.sipAccountsCount &&
    sum.eq(account.sipAccountsAvailable) &&
    sum.plus(account.available).eq(account.purchased)
  );
}

/** @throws MainAccountNotFound */
export function requireOpen(account: Account): void {
  if (account.currency === undefined) throw new MainAccountNotFound(account.mainAccountId);
}

/**
 * What a SIP account has.
 * @throws SipAccountNotFound
 */
export function sipAvailable(account: Account, sipAccountId: string): Big {
  const available = account.sipAccounts.get(sipAccountId);
  if (available === undefined) throw new SipAccountNotFound(sipAccountId);
  return available;
}

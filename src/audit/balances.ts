import { ownText } from './own-text.js';

/** Money in ten-thousandths, so that sums are whole numbers. */
export type Units = bigint;

const MAX_BALANCE: Units = 9_999_999_999_999_999n;

const AMOUNT = /^(0|[1-9][0-9]{0,11})\.[0-9]{4}$/;

/** Undefined for a text that is no canonical amount. */
export const unitsOf = (amount: unknown): Units | undefined =>
  typeof amount === 'string' && AMOUNT.test(amount)
    ? BigInt(amount.slice(0, -5) + amount.slice(-4))
    : undefined;

export function amountOf(units: Units): string {
  const digits = (units < 0n ? -units : units).toString().padStart(5, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

/** The auditor's own balances of one main account. They may go below zero: then something is wrong. */
export interface Balances {
  currency: string | undefined;
  purchased: Units;
  main: Units;
  /** Σ over the SIP accounts. */
  sips: Units;
  readonly sip: Map<string, Units>;
}

export const noBalances = (): Balances => ({
  currency: undefined,
  purchased: 0n,
  main: 0n,
  sips: 0n,
  sip: new Map(),
});

/** An event's data, once its form has been found good. */
export type Movement =
  | { readonly type: 'MainAccountOpened'; readonly currency: string }
  | { readonly type: 'CreditPurchased'; readonly units: Units; readonly reference: string }
  | { readonly type: 'SipAccountAdded'; readonly sipAccountId: string }
  | { readonly type: 'CreditAllocated'; readonly sipAccountId: string; readonly units: Units }
  | { readonly type: 'CreditReclaimed'; readonly sipAccountId: string; readonly units: Units };

/** Books a movement. @returns the rule that it breaks, in words; it is booked all the same */
export function book(account: Balances, movement: Movement): string | undefined {
  const opened = account.currency !== undefined;
  if (movement.type === 'MainAccountOpened') {
    account.currency = movement.currency;
    return opened ? 'the main account is opened a second time' : undefined;
  }
  const unopened = opened ? undefined : 'the main account has not been opened';
  if (movement.type === 'CreditPurchased') {
    account.purchased += movement.units;
    account.main += movement.units;
    return unopened;
  }
  const had = account.sip.get(movement.sipAccountId);
  const sipAccountId = had === undefined ? ownText(movement.sipAccountId) : movement.sipAccountId;
  if (movement.type === 'SipAccountAdded') {
    account.sip.set(sipAccountId, had ?? 0n);
    return had === undefined ? unopened : `SIP account ${sipAccountId} is added a second time`;
  }
  const moved = movement.type === 'CreditAllocated' ? movement.units : -movement.units;
  account.main -= moved;
  account.sips += moved;
  account.sip.set(sipAccountId, (had ?? 0n) + moved);
  if (had === undefined) return `SIP account ${sipAccountId} has not been added`;
  if (movement.type === 'CreditReclaimed' && had !== movement.units)
    return `${amountOf(movement.units)} is reclaimed from SIP account ${sipAccountId}, which has ${amountOf(had)}`;
  return unopened;
}

/** @returns the balance touched by a movement that is out of its bounds, in words */
export function outOfBounds(account: Balances, movement: Movement): string | undefined {
  const sip = 'sipAccountId' in movement ? (account.sip.get(movement.sipAccountId) ?? 0n) : 0n;
  if (account.main < 0n) return `the main account has ${amountOf(account.main)}, below zero`;
  if (sip < 0n) return `a SIP account has ${amountOf(sip)}, below zero`;
  if (account.main > MAX_BALANCE || sip > MAX_BALANCE) return 'a balance is above 999999999999.9999';
  return undefined;
}

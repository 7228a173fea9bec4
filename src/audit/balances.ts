import type { Check } from './findings.js';
import { ownText } from './own-text.js';

/** Money in ten-thousandths, so that sums are whole numbers. */
export type Units = bigint;

const MAX_BALANCE: Units = 9_999_999_999_999_999n;

/** A canonical amount, as an expression: its whole units, and their fraction. */
export const AMOUNT = '(0|[1-9][0-9]{0,11})\\.([0-9]{4})';
const IS_AMOUNT = new RegExp(`^${AMOUNT}$`);

/** Undefined for a text that is no canonical amount. */
export const unitsOf = (amount: unknown): Units | undefined =>
  typeof amount === 'string' && IS_AMOUNT.test(amount)
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
  readonly sip: Map<string, SipBalance>;
}

export interface SipBalance {
  available: Units;
  /** False for one that events name, but none has added yet. */
  added: boolean;
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
  | SipMovement;

interface SipMovement {
  readonly type: 'CreditAllocated' | 'CreditReclaimed';
  readonly sipAccountId: string;
  readonly units: Units;
}

/**
 * Books a movement.
 * @param broken is told what it breaks, in words; it is booked all the same
 * @param sip the balance that it names, from who has it at hand
 */
export function book(
  account: Balances,
  movement: Movement,
  broken: (check: Check, message: string) => void,
  sip: SipBalance | undefined = sipNamed(account, movement),
): void {
  const opened = account.currency !== undefined;
  let rule = opened ? undefined : 'the main account has not been opened';
  switch (movement.type) {
    case 'MainAccountOpened':
      rule = opened ? 'the main account is opened a second time' : undefined;
      account.currency = movement.currency;
      break;
    case 'CreditPurchased':
      account.purchased += movement.units;
      account.main += movement.units;
      break;
    case 'SipAccountAdded':
      if (sip!.added) rule = `SIP account ${movement.sipAccountId} is added a second time`;
      sip!.added = true;
      break;
    case 'CreditAllocated':
    case 'CreditReclaimed':
      rule = move(account, sip!, movement) ?? rule;
  }
  if (rule) broken('rule', rule);
  const bounds = outOfBounds(account.main, sip?.available ?? 0n);
  if (bounds) broken('balance', bounds);
  if (account.purchased !== account.main + account.sips) broken('conservation', conservationBroken(account));
}

const sipNamed = (account: Balances, movement: Movement): SipBalance | undefined =>
  'sipAccountId' in movement ? sipOf(account, movement.sipAccountId) : undefined;

/** The balance of a SIP account, from its first event on. */
export function sipOf({ sip }: Balances, sipAccountId: string): SipBalance {
  let balance = sip.get(sipAccountId);
  if (!balance) sip.set(ownText(sipAccountId), (balance = { available: 0n, added: false }));
  return balance;
}

/** @returns the rule that it breaks, in words */
function move(
  account: Balances,
  sip: SipBalance,
  { type, sipAccountId, units }: SipMovement,
): string | undefined {
  const had = sip.available;
  const moved = type === 'CreditAllocated' ? units : -units;
  account.main -= moved;
  account.sips += moved;
  sip.available += moved;
  if (!sip.added) return `SIP account ${sipAccountId} has not been added`;
  if (type === 'CreditReclaimed' && had !== units)
    return `${amountOf(units)} is reclaimed from SIP account ${sipAccountId}, which has ${amountOf(had)}`;
  return undefined;
}

/** What of the balances touched is out of bounds, in words. */
function outOfBounds(main: Units, sip: Units): string | undefined {
  if (main < 0n) return `the main account has ${amountOf(main)}, below zero`;
  if (sip < 0n) return `a SIP account has ${amountOf(sip)}, below zero`;
  if (main > MAX_BALANCE || sip > MAX_BALANCE) return 'a balance is above 999999999999.9999';
  return undefined;
}

export const conservationBroken = ({ purchased, main, sips }: Omit<Balances, 'currency' | 'sip'>): string =>
  `${amountOf(purchased)} was purchased, but ${amountOf(main)} on the main account and ${amountOf(sips)} on its SIP accounts remain`;

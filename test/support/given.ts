import { expect } from '@jest/globals';
import { emptyFold, evolve, type Account } from '../../src/ledger/domain/account.js';
import { formatAmount, parseAmount } from '../../src/ledger/domain/amount.js';
import { Refusal, type RefusalCode } from '../../src/ledger/domain/errors.js';
import type { LedgerEvent } from '../../src/ledger/domain/events.js';

export const MAIN = 'acme';
/** The largest amount, and the largest balance. */
export const MAX_AMOUNT = parseAmount('999999999999.9999');

export const opened = (currency = 'EUR'): LedgerEvent => ({ type: 'MainAccountOpened', data: { currency } });
export const purchased = (amount: string): LedgerEvent => ({
  type: 'CreditPurchased',
  data: { amount: parseAmount(amount), reference: 'invoice 1' },
});
export const sipAdded = (sipAccountId: string): LedgerEvent => ({
  type: 'SipAccountAdded',
  data: { sipAccountId },
});
export const allocated = (sipAccountId: string, amount: string): LedgerEvent => ({
  type: 'CreditAllocated',
  data: { sipAccountId, amount: parseAmount(amount) },
});
export const reclaimed = (sipAccountId: string, amount: string): LedgerEvent => ({
  type: 'CreditReclaimed',
  data: { sipAccountId, amount: parseAmount(amount) },
});

/** The account that these events make. */
export function fold(events: readonly LedgerEvent[], mainAccountId = MAIN): Account {
  const account = emptyFold(mainAccountId);
  for (const event of events) evolve(account, event);
  return account;
}

/** given(events).when(rule, input).then(event) or .refuses(code, figures) */
export const given = (...events: readonly LedgerEvent[]) => ({
  when: <I>(rule: (account: Account, input: I) => LedgerEvent, input: I) => ({
    then: (event: LedgerEvent) => expect(rule(fold(events), input)).toEqual(event),
    refuses: (code: RefusalCode, figures: Record<string, unknown> = {}) => {
      const before = balances(fold(events));
      const account = fold(events);
      const refusal = refusalOf(() => rule(account, input));
      expect({ code: refusal.code, figures: refusal.figures }).toEqual({ code, figures });
      expect(balances(account)).toEqual(before);
    },
  }),
});

export function refusalOf(act: () => unknown): Refusal {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('not refused');
}

/** An account's balances in canonical form. */
export const balances = (account: Account) => ({
  currency: account.currency,
  purchased: formatAmount(account.purchased),
  available: formatAmount(account.available),
  sipAccountsAvailable: formatAmount(account.sipAccountsAvailable),
  sipAccounts: Object.fromEntries([...account.sipAccounts].map(([id, sum]) => [id, formatAmount(sum)])),
});

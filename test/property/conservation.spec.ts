import { expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Big } from 'big.js';
import { emptyFold, evolve, type Account } from '../../src/ledger/domain/account.js';
import { addCredit } from '../../src/ledger/domain/add-credit.js';
import { addSipAccount } from '../../src/ledger/domain/add-sip-account.js';
import { parseAmount } from '../../src/ledger/domain/amount.js';
import { Refusal } from '../../src/ledger/domain/errors.js';
import type { LedgerEvent } from '../../src/ledger/domain/events.js';
import { purchaseCredit } from '../../src/ledger/domain/purchase-credit.js';
import { removeAllCredit } from '../../src/ledger/domain/remove-all-credit.js';

type Rule = (account: Account) => LedgerEvent;

const mainAccountId = 'acme';
const sip = fc.constantFrom('desk', 'attic', 'lab');
const amount = fc.integer({ min: 1, max: 300_000 }).map((units) => parseAmount((units / 10_000).toFixed(4)));
const command: fc.Arbitrary<Rule> = fc.oneof(
  amount.map(
    (sum): Rule =>
      (account) =>
        purchaseCredit(account, { mainAccountId, amount: sum, reference: 'x' }),
  ),
  sip.map(
    (sipAccountId): Rule =>
      (account) =>
        addSipAccount(account, { mainAccountId, sipAccountId }),
  ),
  fc.record({ sipAccountId: sip, amount }).map(
    (data): Rule =>
      (account) =>
        addCredit(account, { mainAccountId, ...data }),
  ),
  sip.map(
    (sipAccountId): Rule =>
      (account) =>
        removeAllCredit(account, { mainAccountId, sipAccountId }),
  ),
);

/** The event of a command that is allowed. */
function decided(rule: Rule, account: Account): LedgerEvent | undefined {
  try {
    return rule(account);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

it('what was bought is on the main account or on its SIP accounts, to the last decimal, at every revision', () => {
  fc.assert(
    fc.property(fc.array(command, { minLength: 10, maxLength: 80 }), (rules) => {
      const account = emptyFold(mainAccountId);
      evolve(account, { type: 'MainAccountOpened', data: { currency: 'EUR' } });
      let bought = new Big(0);
      for (const rule of rules) {
        const event = decided(rule, account);
        if (!event) continue;
        evolve(account, event);
        if (event.type === 'CreditPurchased') bought = bought.plus(event.data.amount);
        const balances = [...account.sipAccounts.values()];
        const sum = balances.reduce((total, available) => total.plus(available), new Big(0));
        expect([...balances, account.available].every((available) => available.gte(0))).toBe(true);
        expect(account.sipAccountsAvailable.toString()).toBe(sum.toString());
        expect(account.available.plus(sum).toString()).toBe(bought.toString());
        expect(account.purchased.toString()).toBe(bought.toString());
        expect(account.sipAccountsCount).toBe(balances.length);
      }
    }),
  );
});

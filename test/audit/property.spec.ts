import { asyncProperty, array, assert, constantFrom, integer, record } from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { audit } from '../../src/audit/audit.js';
import { amountOf } from '../../src/audit/balances.js';
import { START } from '../../src/event-store/event-store.js';
import { emptyFold, evolve } from '../../src/ledger/domain/account.js';
import { formatAmount } from '../../src/ledger/domain/amount.js';
import { Refusal } from '../../src/ledger/domain/errors.js';
import { parseEvent } from '../../src/ledger/domain/events.js';
import { Ledger } from '../support/ledger.js';
import { openTestStore } from '../support/sqlite.js';

const step = record({
  kind: constantFrom('purchase', 'add', 'removeAll'),
  account: constantFrom('alice', 'bob'),
  sip: constantFrom('sip-1', 'sip-2'),
  units: integer({ min: 1, max: 2_000_000 }),
});

describe('the auditor and the ledger', () => {
  it('agree on every balance of whatever has been booked, each by its own arithmetic', async () => {
    await assert(
      asyncProperty(array(step, { maxLength: 40 }), async (steps) => {
        const store = await openTestStore();
        const ledger = new Ledger(store);
        for (const account of ['alice', 'bob']) await ledger.funded(account, '50.0000', 'sip-1', 'sip-2');
        for (const { kind, account, sip, units } of steps) {
          const amount = amountOf(BigInt(units));
          const booking =
            kind === 'purchase'
              ? ledger.purchase(account, amount)
              : kind === 'add'
                ? ledger.add(account, sip, amount)
                : ledger.removeAll(account, sip);
          await booking.catch((error: unknown) => {
            if (!(error instanceof Refusal)) throw error;
          });
        }
        const { findings, accounts } = await audit(() => store.readAll(START));
        expect(findings).toEqual([]);
        for (const mainAccountId of ['alice', 'bob']) {
          const fold = emptyFold(mainAccountId);
          for (const { type, data } of await ledger.events(mainAccountId))
            evolve(fold, parseEvent(type, JSON.parse(data)));
          const balances = accounts.get(`mainAccount-${mainAccountId}`)?.balances;
          expect(amountOf(balances?.main ?? -1n)).toBe(formatAmount(fold.available));
          expect(amountOf(balances?.sips ?? -1n)).toBe(formatAmount(fold.sipAccountsAvailable));
          for (const [sip, available] of fold.sipAccounts)
            expect(amountOf(balances?.sip.get(sip)?.available ?? -1n)).toBe(formatAmount(available));
        }
        await store.close();
      }),
      { numRuns: 15 },
    );
  }, 60_000);
});

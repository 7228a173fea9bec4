import { expect, it } from '@jest/globals';
import { Big } from 'big.js';
import { assert, constantFrom, property, string } from 'fast-check';
import { emptyFold } from '../../src/ledger/domain/account.js';
import type { Amount } from '../../src/ledger/domain/amount.js';
import { receiptText } from '../../src/ledger/domain/receipt.js';

it('a receipt is JSON, whatever texts a log or a read model has', () => {
  const text = string({ unit: constantFrom('a', '"', '\\', '\n', '\u007f', 'é', '😀', '\ud800') });
  assert(
    property(text, text, text, (mainAccountId, sipAccountId, recordedAt) => {
      const account = emptyFold(mainAccountId);
      account.sipAccounts.set(sipAccountId, new Big('1.25'));
      const data = { amount: '1.2500' as Amount, sipAccountId };
      const booked = { eventId: 'id', revision: 7, recordedAt };
      expect(receiptText({ type: 'CreditAllocated', data }, booked, account)).toBe(
        JSON.stringify({
          eventId: 'id',
          type: 'CreditAllocated',
          mainAccountId,
          sipAccountId,
          amount: '1.2500',
          revision: 7,
          recordedAt,
          mainAccount: { available: '0.0000' },
          sipAccounts: { available: '0.0000' },
          sipAccount: { available: '1.2500' },
        }),
      );
    }),
  );
});

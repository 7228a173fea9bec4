import { describe, expect, it } from '@jest/globals';
import { outcomesOf, type Asked } from '../../src/ledger/asked.js';
import type { Order, Outcome } from '../../src/ledger/booking.js';

const orders: Order[] = ['a', 'b'].map((idempotencyKey) => ({ type: 'GetReceipt', idempotencyKey }));
const refused = (reason: string): Outcome => ({ status: 'rejected', reason });

describe('what became of many orders', () => {
  it('is told in their order, once all are told, and of each what was told first', async () => {
    let asked: readonly Asked[] = [];
    let told = false;
    const outcomes = outcomesOf(orders, (given) => (asked = given)).finally(() => (told = true));
    asked[1]?.tell(refused('first'));
    asked[1]?.tell(refused('second'));
    await Promise.resolve();
    expect(told).toBe(false);
    asked[0]?.tell(refused('last'));
    expect(await outcomes).toEqual([refused('last'), refused('first')]);
  });

  it('is told at once of none', async () => expect(await outcomesOf([], () => undefined)).toEqual([]));
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { audit } from '../../src/audit/audit.js';
import { START, type EventStore } from '../../src/event-store/event-store.js';
import { PurchaseCreditCommand } from '../../src/ledger/commands/purchase-credit.js';
import { parseAmount } from '../../src/ledger/domain/amount.js';
import { contextOf, EmptyIndex, Ledger, receiptIn } from '../support/ledger.js';
import { openTestStore } from '../support/sqlite.js';

/** Cannot be read where it would hold one key, as a file with a bad page. */
class DamagedIndex extends EmptyIndex {
  override command(_mainAccountId?: string, idempotencyKey?: string): undefined {
    if (idempotencyKey === 'damaged') throw new Error('database disk image is malformed');
  }
}

const MAIN = 'acme';
const purchase = (key: string) =>
  new PurchaseCreditCommand(
    { amount: parseAmount('1'), mainAccountId: MAIN, reference: 'invoice 1' },
    contextOf(key),
  );

describe('an index that fails for one key', () => {
  let store: EventStore;
  let ledger: Ledger;

  beforeEach(async () => {
    store = await openTestStore();
    ledger = new Ledger(store, new DamagedIndex());
    await ledger.open(MAIN);
  });
  afterEach(() => store.close());

  const kindsOf = async (results: Promise<readonly PromiseSettledResult<unknown>[]>) =>
    (await results).map(({ status }) => status);

  it('fails the command of that key alone', async () => {
    const results = ledger.accounts.bookEach(['a', 'damaged', 'b'].map(purchase));

    expect(await kindsOf(results)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await ledger.events(MAIN)).toHaveLength(3);
  });

  it('leaves nothing of the commands that stand or fall with it, in the log or in memory', async () => {
    const results = ledger.accounts.bookTogether(['a', 'damaged', 'b'].map(purchase));

    expect(await kindsOf(results)).toEqual(['rejected', 'rejected', 'rejected']);
    const again = await ledger.purchase(MAIN, '1', 'a');
    await ledger.purchase(MAIN, '1', 'c');
    expect(again.replayed).toBe(false);
    expect(receiptIn(again).revision).toBe(1);
    expect(await ledger.events(MAIN)).toHaveLength(3);
    expect((await audit(() => store.readAll(START))).findings).toEqual([]);
  });
});

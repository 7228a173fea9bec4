import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OutcomeUnknown, StoreUnavailable } from '../../src/event-store/errors.js';
import type { Booking } from '../../src/ledger/booking.js';
import { AddCreditCommand } from '../../src/ledger/commands/add-credit.js';
import { AddSipAccountCommand } from '../../src/ledger/commands/add-sip-account.js';
import type { LedgerCommand } from '../../src/ledger/commands/ledger-command.js';
import { PurchaseCreditCommand } from '../../src/ledger/commands/purchase-credit.js';
import { RemoveAllCreditCommand } from '../../src/ledger/commands/remove-all-credit.js';
import { parseAmount } from '../../src/ledger/domain/amount.js';
import { FaultyStore } from '../support/faulty-store.js';
import { contextOf, Ledger, receiptIn } from '../support/ledger.js';
import { openTestStore } from '../support/sqlite.js';

const MAIN = 'acme';
let store: FaultyStore;
let ledger: Ledger;

beforeEach(async () => {
  store = new FaultyStore(await openTestStore());
  ledger = new Ledger(store);
  await ledger.funded(MAIN, '10', 'desk-1', 'desk-2');
  store.appends.length = 0;
});
afterEach(() => store.close());

const add = (sipAccountId: string, amount: string, key: string) =>
  new AddCreditCommand({ mainAccountId: MAIN, sipAccountId, amount: parseAmount(amount) }, contextOf(key));
const addSip = (sipAccountId: string, key: string) =>
  new AddSipAccountCommand({ mainAccountId: MAIN, sipAccountId }, contextOf(key));
const removeAll = (sipAccountId: string, key: string) =>
  new RemoveAllCreditCommand({ mainAccountId: MAIN, sipAccountId }, contextOf(key));
const purchase = (amount: string, key: string) =>
  new PurchaseCreditCommand(
    { mainAccountId: MAIN, amount: parseAmount(amount), reference: 'invoice 2' },
    contextOf(key),
  );

const outcomeOf = (result: PromiseSettledResult<Booking>): string =>
  result.status === 'rejected'
    ? ((result.reason as { code?: string }).code ?? (result.reason as Error).name)
    : result.value.replayed
      ? 'replayed'
      : 'booked';

const together = async (...commands: readonly LedgerCommand[]): Promise<string[]> =>
  (await ledger.accounts.bookTogether(commands)).map(outcomeOf);

describe('commands that are booked together', () => {
  it('are all booked, with one append', async () => {
    expect(await together(add('desk-1', '4', 'a'), addSip('desk-3', 'b'), add('desk-3', '6', 'c'))).toEqual([
      'booked',
      'booked',
      'booked',
    ]);
    expect(store.appends).toEqual([3]);
  });

  it('are none of them booked when one is refused, and say which one it was', async () => {
    const before = await ledger.events(MAIN);
    expect(
      await together(
        purchase('5', 'a'),
        addSip('desk-3', 'b'),
        add('desk-3', '12', 'c'),
        removeAll('desk-2', 'd'),
        add('desk-1', '4', 'e'),
      ),
    ).toEqual([
      'batch-not-booked',
      'batch-not-booked',
      'batch-not-booked',
      'no-credit-to-reclaim',
      'insufficient-credit',
    ]);
    expect(await ledger.events(MAIN)).toEqual(before);
    expect(store.appends).toEqual([]);
  });

  it('leave no trace when they are refused: balances, chain and keys are as before', async () => {
    await together(addSip('desk-3', 'b'), add('desk-3', '3', 'c'), removeAll('desk-2', 'd'));
    await together(add('desk-1', '3', 'f'), removeAll('desk-2', 'd'));
    expect(await together(removeAll('desk-1', 'g'))).toEqual(['no-credit-to-reclaim']);
    expect(await together(add('desk-3', '1', 'e'))).toEqual(['sip-account-not-found']);
    const booking = await ledger.add(MAIN, 'desk-1', '10', 'c');
    expect(booking.replayed).toBe(false);
    expect(receiptIn(booking)).toMatchObject({ revision: 4, mainAccount: { available: '0.0000' } });
    const successor = new Ledger(store);
    expect((await successor.add(MAIN, 'desk-1', '10', 'c')).receipt).toBe(booking.receipt);
  });

  it('are answered as replays when they are sent again', async () => {
    const commands = [add('desk-1', '4', 'a'), add('desk-2', '6', 'b')];
    expect(await together(...commands)).toEqual(['booked', 'booked']);
    expect(await together(...commands)).toEqual(['replayed', 'replayed']);
    expect((await ledger.add(MAIN, 'desk-1', '4', 'a')).replayed).toBe(true);
  });

  it('may have been booked in part before: that part stays booked whatever becomes of the rest', async () => {
    await ledger.add(MAIN, 'desk-1', '4', 'a');
    expect(await together(add('desk-1', '4', 'a'), add('desk-2', '7', 'b'), purchase('1', 'c'))).toEqual([
      'replayed',
      'insufficient-credit',
      'batch-not-booked',
    ]);
    expect(await together(add('desk-1', '4', 'a'), add('desk-2', '6', 'b'))).toEqual(['replayed', 'booked']);
  });

  it('may hold a command twice: it is booked once, or not at all', async () => {
    const twice = [add('desk-1', '4', 'a'), add('desk-1', '4', 'a')];
    expect(await together(...twice, add('desk-1', '7', 'b'))).toEqual([
      'batch-not-booked',
      'batch-not-booked',
      'insufficient-credit',
    ]);
    expect(await together(...twice)).toEqual(['booked', 'replayed']);
  });

  it('stay together behind an append in flight, and so do those after them', async () => {
    const gate = store.hold();
    const first = ledger.add(MAIN, 'desk-1', '4', 'a');
    await new Promise((resolve) => setTimeout(resolve, 20));
    const many = Array.from({ length: 399 }, (_, at) => ledger.purchase(MAIN, '1', `p${at}`));
    const group = together(add('desk-1', '1', 'b'), add('desk-2', '1', 'c'));
    const refused = together(add('desk-1', '1', 'd'), add('desk-2', '5000', 'e'));
    const last = ledger.add(MAIN, 'desk-2', '403', 'f');
    gate.release();
    await Promise.all([first, ...many, last]);
    expect(await group).toEqual(['booked', 'booked']);
    expect(await refused).toEqual(['batch-not-booked', 'insufficient-credit']);
    expect(receiptIn(await last).mainAccount.available).toBe('0.0000');
    expect(store.appends).toEqual([1, 399, 3]);
  });

  it.each([
    ['StoreUnavailable', new StoreUnavailable('disk full')],
    ['OutcomeUnknown', new OutcomeUnknown('no reply')],
  ])('all meet the same fault: %s', async (name, error) => {
    const commands = [add('desk-1', '4', 'a'), add('desk-2', '6', 'b')];
    store.onAppend = () => Promise.reject(error);
    expect(await together(...commands)).toEqual([name, name]);
    store.onAppend = (append) => append();
    expect(await together(...commands)).toEqual(['booked', 'booked']);
  });

  it('are none of them booked beside one that could not be read; those booked earlier say so', async () => {
    await ledger.add(MAIN, 'desk-1', '4', 'a');
    const commands = [
      add('desk-1', '4', 'a'),
      add('desk-1', '5', 'a'),
      add('desk-2', '7', 'b'),
      purchase('1', 'c'),
    ];
    const results = await ledger.accounts.bookTogether(commands, true);
    expect(results.map(outcomeOf)).toEqual([
      'replayed',
      'idempotency-key-reused',
      'insufficient-credit',
      'batch-not-booked',
    ]);
    expect(ledger.notes.outcomes.slice(-4)).toEqual([
      'AddCredit replayed',
      'AddCredit idempotency-key-reused',
      'AddCredit insufficient-credit',
      'PurchaseCredit batch-not-booked',
    ]);
  });

  it('are at most 400', async () => {
    const commands = Array.from({ length: 401 }, (_, at) => purchase('1', `k${at}`));
    expect(new Set(await together(...commands))).toEqual(new Set(['batch-too-large']));
    expect(new Set(await together(...commands.slice(1)))).toEqual(new Set(['booked']));
    expect(store.appends).toEqual([400]);
  });

  it('are of one main account', () => {
    const other = new AddSipAccountCommand({ mainAccountId: 'other', sipAccountId: 's' }, contextOf('k'));
    expect(() => ledger.accounts.bookTogether([addSip('s', 'k'), other])).toThrow(TypeError);
  });
});

describe('two writers of one account', () => {
  it('book a group whole or not at all when they race', async () => {
    const rival = new Ledger(new FaultyStore(store, false));
    const shared = new Ledger(new FaultyStore(store, false));
    await Promise.all([rival.purchase(MAIN, '1', 'r0'), shared.purchase(MAIN, '1', 's0')]);
    const group = shared.accounts.bookTogether([add('desk-1', '6', 'a'), add('desk-2', '6', 'b')]);
    const single = rival.add(MAIN, 'desk-1', '5', 'r1').then(
      () => 'booked',
      (error: { code: string }) => error.code,
    );
    const outcomes = (await group).map(outcomeOf);
    await single;
    const allocations = (await ledger.events(MAIN)).filter(({ type }) => type === 'CreditAllocated');
    // Whoever came second had too little left.
    expect([
      ['booked', 1, ['batch-not-booked', 'insufficient-credit']],
      ['insufficient-credit', 2, ['booked', 'booked']],
    ]).toContainEqual([await single, allocations.length, outcomes]);
  });
});

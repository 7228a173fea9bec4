import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '../../src/event-store/event-store.js';
import type { LedgerEvent } from '../../src/ledger/domain/events.js';
import { MAX_AMOUNT } from '../support/given.js';
import { auditOf, findingsOf } from './support/audited.js';
import { added, allocated, LogBuilder, opened, purchased, reclaimed } from './support/good-log.js';

/** A history of which all links and hashes are good. */
function logOf(history: readonly LedgerEvent[], mainAccountId = 'alice'): readonly RecordedEvent[] {
  const log = new LogBuilder();
  for (const event of history) log.add(mainAccountId, event);
  return log.events;
}

const findingsIn = (history: readonly LedgerEvent[], mainAccountId?: string): Promise<string[]> =>
  findingsOf(logOf(history, mainAccountId));

const inCurrency = (currency: string): LedgerEvent => ({ type: 'MainAccountOpened', data: { currency } });

describe('the audit of a chain that is whole', () => {
  it('takes names as long as they may be, of all characters that they may have', async () => {
    const name = '~Aa09._-'.repeat(8);
    const history = [opened, purchased('1.0000'), added(name), allocated(name, '1.0000')];
    expect(await findingsIn(history, name)).toEqual([]);
  });

  it('takes a key as long as it may be', async () => {
    const log = new LogBuilder();
    log.add('alice', opened, '~'.repeat(255));
    expect(await findingsOf(log.events)).toEqual([]);
  });
});

describe('the audit of a chain that is whole names the first', () => {
  it('balance below zero', async () => {
    expect(await findingsIn([opened, purchased('1.0000'), added('s'), allocated('s', '1.0001')])).toEqual([
      'balance mainAccount-alice 3',
    ]);
  });

  it('balance that is larger than any may be, of either kind', async () => {
    const full = [opened, purchased(MAX_AMOUNT)];
    expect(await findingsIn(full)).toEqual([]);
    expect(await findingsIn([...full, purchased('0.0001')])).toEqual(['balance mainAccount-alice 2']);
    const moved = [...full, added('s'), allocated('s', MAX_AMOUNT), purchased('0.0001')];
    expect(await findingsIn(moved)).toEqual([]);
    expect(await findingsIn([...moved, allocated('s', '0.0001')])).toEqual(['balance mainAccount-alice 5']);
  });

  it('opening that is the second one, and event of an account that is not open', async () => {
    expect(await findingsIn([opened, opened])).toEqual(['rule mainAccount-alice 1']);
    expect(await findingsIn([purchased('1.0000')])).toEqual(['rule mainAccount-alice 0']);
    const unopened = [added('s'), purchased('1.0000'), allocated('s', '1.0000')];
    expect((await auditOf(logOf(unopened))).findings).toMatchObject([
      { check: 'rule', revision: 0, more: 2 },
    ]);
  });

  it('credit that is moved to a SIP account which has not been added', async () => {
    expect(await findingsIn([opened, purchased('1.0000'), allocated('s', '1.0000')])).toEqual([
      'rule mainAccount-alice 2',
    ]);
  });

  it('of the moves to a SIP account until it is added, and counts the others', async () => {
    const moved = allocated('s', '1.0000');
    const history = [opened, purchased('3.0000'), moved, moved, added('s'), moved];
    expect((await auditOf(logOf(history))).findings).toMatchObject([{ check: 'rule', revision: 2, more: 1 }]);
  });

  it('SIP account that is added a second time, which takes no credit from it', async () => {
    const twice = [opened, purchased('1.0000'), added('s'), allocated('s', '1.0000'), added('s')];
    expect(await findingsIn([...twice, reclaimed('s', '1.0000')])).toEqual(['rule mainAccount-alice 4']);
  });

  it('credit that is reclaimed in part', async () => {
    const history = [opened, purchased('1.0000'), added('s'), allocated('s', '1.0000')];
    expect(await findingsIn([...history, reclaimed('s', '0.5000')])).toEqual(['rule mainAccount-alice 4']);
  });

  it.each<[string, LedgerEvent]>([
    ['a purchase of nothing', purchased('0.0000')],
    ['a move of nothing', allocated('s', '0.0000')],
    ['a purchase of more digits than an amount has', purchased('1000000000000.0000')],
    ['a move of more digits than an amount has', allocated('s', '1000000000000.0000')],
    ['an amount that begins with a zero', allocated('s', '01.0000')],
    ['a purchase of an amount without a point', purchased('10000')],
    ['a move of an amount without a point', allocated('s', '10000')],
    ['a currency in small letters', inCurrency('eur')],
    ['a currency of four letters', inCurrency('EURO')],
    ['a currency behind a space', inCurrency(' EUR')],
    ['a SIP account with a space', added('a b')],
    ['a SIP account without a name', added('')],
    ['a SIP account with a name that is too long', added('s'.repeat(65))],
    ['a move to a SIP account with a name that is too long', allocated('s'.repeat(65), '1.0000')],
    ['a purchase without a reference', { ...purchased('1.0000'), data: { amount: '1.0000' } } as never],
  ])('event with data that no command makes: %s', async (_, event) => {
    expect(await findingsIn([opened, purchased('1.0000'), added('s'), event])).toEqual([
      'form mainAccount-alice 3',
    ]);
  });

  it('event of a stream that is not named after an account', async () => {
    for (const name of ['a b', '', 'a'.repeat(65)])
      expect(await findingsIn([opened, purchased('1.0000')], name)).toEqual([`form mainAccount-${name} 0`]);
  });
});

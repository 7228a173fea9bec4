import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  SearchHistoryHandler,
  SearchHistoryQuery,
  type SearchHistory,
} from '../../src/projections/history/search-history.js';
import { Ledger } from '../support/ledger.js';
import { ReadSide } from '../support/read-side.js';

const at = (minute: number): string => new Date(Date.UTC(2026, 2, 1, 12, minute)).toISOString();

describe('a history that is searched', () => {
  let side: ReadSide;
  beforeAll(async () => {
    side = await ReadSide.start();
    let minute = 0;
    // An event a minute, so that a revision is a minute too.
    const ledger = new Ledger(side.store, undefined, () => new Date(at(minute++)));
    await ledger.funded('acme', '100', 'desk', 'attic');
    for (const sip of ['desk', 'attic', 'desk']) await ledger.add('acme', sip, '1');
    await ledger.removeAll('acme', 'attic');
  });
  afterAll(() => side.remove());

  const search = async (request: Partial<SearchHistory>) => {
    const atLeast = await side.store.head();
    const found = await new SearchHistoryHandler(side.reads).execute(
      new SearchHistoryQuery({ mainAccountId: 'acme', limit: 100, atLeast, ...request }),
    );
    return [found.entries.map(({ revision }) => revision).join(' '), found.next];
  };

  it.each<[string, Partial<SearchHistory>, string, number | null]>([
    ['all of it', {}, '7 6 5 4 3 2 1 0', null],
    ['what was recorded at an instant or later', { from: at(5) }, '7 6 5', null],
    ['what was recorded before an instant', { until: at(2) }, '1 0', null],
    ['a period', { from: at(2), until: at(5) }, '4 3 2', null],
    ['a period that is yet to come', { from: at(8) }, '', null],
    ['a page', { limit: 3 }, '7 6 5', 5],
    ['the page after it', { limit: 3, before: 5 }, '4 3 2', 2],
    ['the last page of a period', { limit: 3, before: 5, from: at(3), until: at(7) }, '4 3', null],
    ['more than there is', { before: 1000 }, '7 6 5 4 3 2 1 0', null],
    ['a SIP account', { sipAccountId: 'desk' }, '6 4 2', null],
    ['a kind of a SIP account', { sipAccountId: 'attic', type: 'CreditReclaimed' }, '7', null],
  ])('gives %s, newest first', async (_, request, revisions, next) => {
    expect(await search(request)).toEqual([revisions, next]);
  });
});

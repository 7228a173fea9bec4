import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Position } from '../../src/event-store/event-store.js';
import { Profiles } from '../../src/profiles/profiles.js';
import {
  SearchSipAccountsHandler,
  SearchSipAccountsQuery,
  type SearchSipAccounts,
} from '../../src/projections/accounts/search-sip-accounts.js';
import { ReadSide } from '../support/read-side.js';

const context = { actor: 'key:1', correlationId: 'c-1' };

describe('the SIP accounts of a main account', () => {
  let side: ReadSide;
  let named: Position;
  beforeAll(async () => {
    side = await ReadSide.start();
    await side.ledger.funded('acme', '1000', 'b', 'B2', 'a', 'never', 'emptied');
    await side.ledger.funded('other', '1000', 'a', 'b', 'never');
    for (const [sip, amount] of Object.entries({ emptied: '5', a: '10', B2: '9.5', b: '10' })) {
      await side.ledger.add('acme', sip, amount);
      // Each at a time of its own.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await side.ledger.removeAll('acme', 'emptied');
    const profiles = new Profiles(side.store);
    const name = (mainAccountId: string, sipAccountId: string, to: string) =>
      profiles.name({ mainAccountId, sipAccountId, name: to }, context);
    await name('acme', 'a', 'Middle');
    named = await name('acme', 'b', 'Zenith');
    await name('other', 'a', 'Zzz of another customer');
    await name('other', 'never', 'Aaa of another customer');
  });
  afterAll(() => side.remove());

  const search = async (request: Partial<SearchSipAccounts>) =>
    new SearchSipAccountsHandler(side.reads).execute(
      new SearchSipAccountsQuery({
        mainAccountId: 'acme',
        contains: '',
        orderBy: 'added',
        descending: false,
        offset: 0,
        limit: 9,
        largest: 9,
        atLeast: await side.store.head(),
        ...request,
      }),
    );
  const idsOf = (rows: readonly { readonly sipAccountId: string }[]) => rows.map((row) => row.sipAccountId);

  it.each([
    ['added', 'b B2 a never emptied', 'emptied never a B2 b'],
    ['account', 'a b B2 emptied never', 'never emptied B2 b a'],
    ['name', 'a b B2 never emptied', 'b a B2 never emptied'],
    // Those with as much come as they were added.
    ['amount', 'never emptied B2 b a', 'b a B2 never emptied'],
    ['moved', 'a B2 b emptied never', 'emptied b B2 a never'],
  ] as const)('come in the order of %s, up and down', async (orderBy, up, down) => {
    expect(idsOf((await search({ orderBy })).sipAccounts).join(' ')).toBe(up);
    expect(idsOf((await search({ orderBy, descending: true })).sipAccounts).join(' ')).toBe(down);
  });

  it('are given with those that have most, of which none has nothing', async () => {
    const { largest } = await search({ limit: 1 });
    expect(largest.map(({ sipAccountId, available }) => `${sipAccountId} ${available}`)).toEqual([
      'b 10.0000',
      'a 10.0000',
      'B2 9.5000',
    ]);
    expect(idsOf((await search({ largest: 1 })).largest)).toEqual(['b']);
  });

  it('are found by their ids in capitals or not, and counted on all pages', async () => {
    expect(idsOf((await search({ contains: 'b' })).sipAccounts)).toEqual(['b', 'B2']);
    const page = await search({ contains: 'B', limit: 1, offset: 1 });
    expect([page.found, ...idsOf(page.sipAccounts)]).toEqual([2, 'B2']);
    expect((await search({ limit: 1 })).found).toBe(5);
  });

  it('come with the place of the last change of a name of theirs, and of no other', async () => {
    expect((await search({})).namesPosition).toBe(named);
  });

  it('are neither found nor called by the names that another customer gave', async () => {
    expect(await search({ contains: 'customer' })).toMatchObject({ found: 0, sipAccounts: [] });
    const { sipAccounts } = await search({ contains: 'never' });
    expect(sipAccounts).toMatchObject([{ sipAccountId: 'never', name: undefined }]);
  });
});

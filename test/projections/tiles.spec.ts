import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GetHistoryHandler, GetHistoryQuery } from '../../src/projections/history/get-history.js';
import {
  GetPastSipAccountHandler,
  GetPastSipAccountQuery,
} from '../../src/projections/history/get-past-sip-account.js';
import {
  GetRecentBalancesHandler,
  GetRecentBalancesQuery,
} from '../../src/projections/history/get-recent-balances.js';
import type { HistoryEntry } from '../../src/projections/history/history-entry.js';
import { ReadSide } from '../support/read-side.js';

const SIPS = ['desk', 'attic'] as const;
const MOVES = 75;

/** Long enough for several full tiles of the account and of each SIP account, and for some entries after them. */
describe('the history of an account beyond its last tile', () => {
  let side: ReadSide;
  let last: bigint;
  let entries: readonly HistoryEntry[];
  beforeAll(async () => {
    side = await ReadSide.start();
    await side.ledger.funded('acme', '100', ...SIPS);
    await side.ledger.funded('other', '100', 'desk');
    for (let i = 0; i < MOVES; i += 1) {
      last = (await side.ledger.add('acme', i % 3 === 0 ? 'attic' : 'desk', '0.5')).position;
      if (i % 10 === 0) await side.overview('acme', last);
      if (i % 7 === 0) await side.ledger.add('other', 'desk', '1');
    }
    entries = (await side.history('acme', last, { limit: 1000 })).entries;
  });
  afterAll(() => side.remove());

  const ask = (more: Partial<GetHistoryQuery['request']>) =>
    new GetHistoryHandler(side.reads).execute(
      new GetHistoryQuery({ mainAccountId: 'acme', atLeast: last, ...more }),
    );

  it('is whole and in order', () => {
    expect(entries.map(({ revision }) => revision)).toEqual([...Array(MOVES + 4).keys()]);
    expect(entries.at(-1)?.mainAccount.available).toBe('62.5000');
  });

  it.each([1, 15, 16, 17, 40])('comes the same in pages of %i, from both ends', async (limit) => {
    for (const newestFirst of [false, true]) {
      const read: HistoryEntry[] = [];
      for (let after: string | null | undefined; after !== null;) {
        const page = await ask({ limit, newestFirst, after });
        read.push(...page.entries);
        after = page.next;
      }
      expect(newestFirst ? read.toReversed() : read).toEqual(entries);
    }
  });

  it('is found by SIP account', async () => {
    const found = await ask({ limit: 1000, sipAccountId: 'attic' });
    expect(found.entries).toEqual(entries.filter(({ sipAccountId }) => sipAccountId === 'attic'));
  });

  it('tells what a SIP account had at every revision', async () => {
    for (const sipAccountId of SIPS)
      for (let revision = 4; revision < entries.length; revision += 1) {
        const { available } = await new GetPastSipAccountHandler(side.reads).execute(
          new GetPastSipAccountQuery({
            mainAccountId: 'acme',
            sipAccountId,
            point: { atRevision: revision },
            atLeast: last,
          }),
        );
        const before = entries.slice(0, revision + 1).filter((entry) => entry.sipAccountId === sipAccountId);
        expect(available).toBe(before.at(-1)?.sipAccount?.available);
      }
  });

  it('gives the last balances of a SIP account, as many as asked for', async () => {
    for (const count of [1, 9, 10, 20, 33, 100]) {
      const { balances } = await new GetRecentBalancesHandler(side.reads).execute(
        new GetRecentBalancesQuery({ mainAccountId: 'acme', sipAccountIds: SIPS, count }),
      );
      for (const sipAccountId of SIPS) {
        const all = entries.filter((entry) => entry.sipAccountId === sipAccountId);
        expect(balances.get(sipAccountId)).toEqual(
          all.slice(-count).map(({ sipAccount }) => sipAccount?.available),
        );
      }
    }
  });

  it('goes on after a restart in the middle of a tile', async () => {
    await side.close();
    side = await ReadSide.start(side.dataDir);
    for (let i = 0; i < 40; i += 1) last = (await side.ledger.add('acme', 'desk', '0.25')).position;
    const after = await side.history('acme', last, { limit: 1000 });

    expect(after.entries.slice(0, entries.length)).toEqual(entries);
    expect(after.entries.map(({ revision }) => revision)).toEqual([...Array(entries.length + 40).keys()]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GetHistoryHandler, GetHistoryQuery } from '../../src/projections/history/get-history.js';
import {
  GetStatementDiffHandler,
  GetStatementDiffQuery,
} from '../../src/projections/history/get-statement-diff.js';
import { MOST_SCANNED } from '../../src/projections/history/history-entry.js';
import { SearchHistoryHandler, SearchHistoryQuery } from '../../src/projections/history/search-history.js';
import { ReadSide } from '../support/read-side.js';

const LENGTH = MOST_SCANNED + 500;
/** Revisions on either side of where a query stops that begins at one end, and at the other. */
const RARE = [499, 500, MOST_SCANNED - 1, MOST_SCANNED];

describe('a history that is longer than a query looks through', () => {
  let side: ReadSide;
  let last: bigint;
  beforeAll(async () => {
    side = await ReadSide.start();
    await side.ledger.funded('acme', '100', 'desk');
    let revision = 3;
    const purchase = async (until: number): Promise<void> => {
      for (let count; (count = Math.min(500, until - revision)) > 0; revision += count)
        await Promise.all(Array.from({ length: count }, () => side.ledger.purchase('acme', '1')));
    };
    for (const rare of RARE) {
      await purchase(rare);
      await side.ledger.add('acme', 'desk', '1');
      revision += 1;
    }
    await purchase(LENGTH);
    last = await side.store.head();
  });
  afterAll(() => side.remove());

  const mainAccountId = 'acme';
  const type = 'CreditAllocated';

  it.each([false, true])(
    'gives what is rare in it on several pages, newest first: %s',
    async (newestFirst) => {
      const pages: number[][] = [];
      for (let after: string | null | undefined; after !== null;) {
        const query = new GetHistoryQuery({ mainAccountId, type, newestFirst, after, atLeast: last });
        const { entries, next } = await new GetHistoryHandler(side.reads).execute(query);
        pages.push(entries.map(({ revision }) => revision));
        after = next;
      }
      expect(pages).toEqual(
        newestFirst ? [RARE.slice(1).toReversed(), [RARE[0]]] : [RARE.slice(0, 3), [RARE[3]]],
      );
    },
  );

  it('is searched backwards in the same steps', async () => {
    const pages: number[][] = [];
    for (let before: number | null | undefined; before !== null;) {
      const query = new SearchHistoryQuery({ mainAccountId, type, before, limit: 100, atLeast: last });
      const { entries, next } = await new SearchHistoryHandler(side.reads).execute(query);
      pages.push(entries.map(({ revision }) => revision));
      before = next;
    }
    expect(pages).toEqual([RARE.slice(1).toReversed(), [RARE[0]]]);
  });

  it('is searched forwards in the same steps, and leads back the way it came', async () => {
    const pages: number[][] = [];
    for (let after: number | null = -1; after !== null;) {
      const query = new SearchHistoryQuery({ mainAccountId, type, after, limit: 100, atLeast: last });
      const { entries, previous, next } = await new SearchHistoryHandler(side.reads).execute(query);
      pages.push(entries.map(({ revision }) => revision));
      expect(next).toBe(after < 0 ? null : after + 1);
      after = previous;
    }
    expect(pages).toEqual([RARE.slice(0, 3).toReversed(), [RARE[3]]]);
  });

  it('is looked through for a hash, however old, without keeping everybody waiting', async () => {
    const since = async (hash: string) =>
      new GetStatementDiffHandler(side.reads).execute(
        new GetStatementDiffQuery({ mainAccountId, since: hash }),
      );
    for (const revision of RARE) {
      const { hash } = (await side.history('acme', last, { after: String(revision - 1), limit: 1 }))
        .entries[0]!;
      expect((await since(hash)).since.revision).toBe(revision);
    }
    let turns = 0;
    const count = (): void => {
      turns += 1;
      counting = setImmediate(count);
    };
    let counting = setImmediate(count);
    await expect(since('a'.repeat(64))).rejects.toThrow('holds no event');
    clearImmediate(counting);

    expect(turns).toBeGreaterThan(1);
  });
});

import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { QueryBus } from '@nestjs/cqrs';
import { en } from '../../src/dashboard/texts/en.js';
import { type FoundHistory, SearchHistoryQuery } from '../../src/projections/history/search-history.js';
import { PageApp, textOf } from '../support/page-app.js';

/** A history so long that a page with few entries takes several queries, each of which sees the account grown. */
class LongHistory {
  /** How many queries look through all of it. */
  length = 4;
  queries = 0;
  /** How often others had their turn before the last query. */
  turns = 0;
  private answered = 0;

  async execute(asked: SearchHistoryQuery, read: (asked: SearchHistoryQuery) => Promise<FoundHistory>) {
    const found = await read(asked);
    if (asked.request.type === undefined) return found;
    this.queries += 1;
    this.turns = this.answered;
    setImmediate(() => (this.answered += 1));
    const more = this.queries < this.length;
    return { ...found, entries: [], revision: 100 + this.queries, next: more ? 100 - this.queries : null };
  }
}

let app: PageApp;
const long = new LongHistory();
let page: string;
beforeAll(async () => {
  app = await PageApp.start();
  await app.funded('long');
  const bus = app.api.app.get(QueryBus, { strict: false });
  const execute = bus.execute.bind(bus);
  jest
    .spyOn(bus, 'execute')
    .mockImplementation((query) =>
      query instanceof SearchHistoryQuery ? long.execute(query, execute) : execute(query),
    );
  page = (await app.send('/accounts/long/history?kind=CreditReclaimed')).text;
});
afterAll(() => app.close());

it('a search through a long history lets other requests be served between its queries', () => {
  expect(long.queries).toBe(4);
  expect(long.turns).toBe(3);
});

it('a page that took several queries has seen what the first of them saw: the others looked further back', () => {
  expect(page).toContain('/live?seen=101-0"');
});

it('a page of a history that has no end looks through a part of it, and says how far', async () => {
  Object.assign(long, { queries: 0, length: Infinity });
  const answer = await app.send('/accounts/long/history?kind=CreditReclaimed');
  expect(long.queries).toBe(10);
  expect(textOf(answer)).toContain(en.details.noneDownTo(90));
  expect(answer.text).toContain('before=90');
});

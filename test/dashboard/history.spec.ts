import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { en } from '../../src/dashboard/texts/en.js';
import { PageApp, textOf } from '../support/page-app.js';

/** More than one query looks through. */
const MANY = 20_400;

describe('a history', () => {
  let app: PageApp;
  beforeAll(async () => {
    app = await PageApp.start();
  });
  afterAll(() => app.close());

  const entriesOn = async (path: string): Promise<number> =>
    ((await app.send(path)).text.match(/id="entry-/g) ?? []).length;
  const addMany = async (main: string): Promise<void> => {
    const lines = Array.from({ length: MANY }, (_, n) =>
      JSON.stringify({
        command: 'AddCredit',
        mainAccountId: main,
        sipAccountId: 'desk',
        amount: '0.0001',
        idempotencyKey: `add-${n}`,
      }),
    );
    for (let from = 0; from < MANY; from += 5100)
      await app.api.send('/v1/commands', {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-ndjson' },
        body: `${lines.slice(from, from + 5100).join('\n')}\n`,
      });
    await app.catchUp(main);
  };

  it('has no end when it is asked for up to the last day there is', async () => {
    await app.funded('endless');
    for (const until of ['9999-12-30', '9999-12-31'])
      expect([until, await entriesOn(`/accounts/endless/history?until=${until}`)]).toEqual([until, 4]);
  });

  it('is narrowed down by no kind that there is not', async () => {
    await app.funded('kinds');
    for (const kind of ['nothing', 'constructor'])
      expect([kind, await entriesOn(`/accounts/kinds/history?kind=${kind}`)]).toEqual([kind, 4]);
  });

  it('finds what is rare, however much has happened since, and draws it', async () => {
    await app.funded('long', '1000');
    const path = '/v1/main-accounts/long/sip-accounts';
    await app.api.post(path, { sipAccountId: 'rare' });
    await app.api.post(`${path}/rare/add-credit`, { amount: '7' });
    await addMany('long');
    const rare = await app.send('/accounts/long/history?account=rare');
    expect(textOf(rare)).not.toContain(en.details.none);
    expect(rare.text).toContain('id="entry-5"');
    expect(rare.text).toContain('<svg viewBox="0 -4');
    expect(textOf(await app.send('/accounts/long/history?account=nobody'))).toContain(en.details.none);
  }, 60_000);
});

describe('a list of several pages', () => {
  let app: PageApp;
  beforeAll(async () => {
    app = await PageApp.start();
    const bulk = (lines: readonly object[]) =>
      app.api.send('/v1/commands', {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-ndjson' },
        body: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
      });
    await app.funded('a-000');
    const numbers = Array.from({ length: 120 }, (_, n) => n);
    await bulk(
      numbers.map((n) => ({
        command: 'OpenMainAccount',
        mainAccountId: `b-${String(n).padStart(3, '0')}`,
        currency: 'EUR',
        idempotencyKey: 'open',
      })),
    );
    await bulk(
      numbers.map((n) => ({
        command: 'AddCredit',
        mainAccountId: 'a-000',
        sipAccountId: 'desk',
        amount: '0.0001',
        idempotencyKey: `add-${n}`,
      })),
    );
    await app.catchUp('a-000');
  }, 60_000);
  afterAll(() => app.close());

  const linkOf = (text: string, rel: string): string | undefined =>
    new RegExp(`href="([^"]*)" rel="${rel}"`).exec(text)?.[1]?.replaceAll('&amp;', '&');
  const rowsOf = (text: string) =>
    [...text.matchAll(/<th scope="row"[^]*?<\/th>/g)].map(([row]) => row.replace(/from=[^"]*/, ''));

  it.each([
    '/accounts',
    '/accounts?q=b',
    '/accounts/a-000/history',
    '/accounts/a-000/history?kind=CreditAllocated',
  ])('leads back through the same pages: %s', async (start) => {
    const pages = [(await app.send(start)).text];
    for (let next; (next = linkOf(pages.at(-1)!, 'next'));) pages.push((await app.send(next)).text);
    expect(pages.map((page) => rowsOf(page).length)).toEqual([50, 50, expect.any(Number)]);
    for (const page of [pages[1], pages[0]]) {
      const { text, headers } = await app.send(linkOf(pages.pop()!, 'prev')!);
      // The first page is the one of all addresses that has no place in it.
      const back = text || (await app.send(headers.get('Location')!)).text;
      expect(rowsOf(back)).toEqual(rowsOf(page!));
      pages.splice(-1, 1, back);
    }
    expect(linkOf(pages[0]!, 'prev')).toBeUndefined();
  });
});

describe('a list that somebody has gone beyond the end of', () => {
  let app: PageApp;
  beforeAll(async () => {
    app = await PageApp.start();
    await app.funded('one');
  });
  afterAll(() => app.close());

  it.each([
    ['/accounts/one?skip=999&sort=name', '/accounts/one?sort=name'],
    ['/accounts?after=zzz&q=o', '/accounts?q=o'],
    ['/accounts?before=a&q=o', '/accounts?q=o'],
    ['/accounts/one/history?after=9&kind=CreditPurchased', '/accounts/one/history?kind=CreditPurchased'],
  ])('begins again: %s', async (beyond, start) => {
    const answer = await app.send(beyond);
    expect([answer.status, answer.headers.get('Location')]).toEqual([303, start]);
    expect((await app.send(start)).status).toBe(200);
  });
});

describe('the overview', () => {
  it('says that its times are in UTC', async () => {
    const app = await PageApp.start();
    try {
      await app.funded('times');
      expect(textOf(await app.send('/accounts/times'))).toContain(en.details.utc);
    } finally {
      await app.close();
    }
  });
});

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

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { PageApp } from '../support/page-app.js';

let app: PageApp;
beforeAll(async () => {
  app = await PageApp.start();
});
afterAll(() => app.close());

/** What a page that has seen an account at a revision hears of it. */
const heard = (main: string, seen: number): Promise<string> =>
  app.hear(`/accounts/${main}/live?seen=${seen}-0`, /"revision":/, 1000);

it('a page that has seen more than there is hears of what there is: an older log was restored', async () => {
  await app.funded('restored');
  expect(await heard('restored', 3)).not.toContain('changed');
  expect(await heard('restored', 99)).toContain('"revision":3');
});

it('a page of which nothing can be read is not called live by what else is heard', async () => {
  const told = await app.hear('/accounts/nobody/live?seen=3-0', /alive/, 1500);
  expect(told).toContain('event: behind');
  expect(told).not.toContain('event: alive');
});

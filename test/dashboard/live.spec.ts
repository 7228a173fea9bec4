import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { StoreUnavailable } from '../../src/event-store/errors.js';
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

it('a page that was cut off hears of what it has not heard before, whatever its address says', async () => {
  await app.funded('cut');
  const path = '/accounts/cut/live?seen=0-0';
  expect(await app.hear(path, /"revision":/, 1000, '3-0')).not.toContain('changed');
  expect(await app.hear(path, /"revision":/, 1000, '2-0')).toContain('"revision":3');
});

it('a page is not called live while nobody can say how far the log has come', async () => {
  await app.funded('headless');
  const { store } = app.api;
  const head = store.head.bind(store);
  store.head = () => Promise.reject(new StoreUnavailable('away'));
  try {
    expect(await app.hear('/accounts/headless/live?seen=3-0', /event: (behind|alive)/, 5000)).toContain(
      'behind',
    );
  } finally {
    store.head = head;
  }
  expect(await app.hear('/accounts/headless/live?seen=3-0', /event: alive/, 5000)).toContain('alive');
});

it('whoever has signed out hears nothing more, also on a page that is still open', async () => {
  await app.funded('left');
  const visitor = await app.another('billing');
  let left = false;
  // The stream ends by itself, or this throws.
  for await (const said of visitor.listen('/accounts/left/live?seen=3-0', 30_000))
    if (!left && said.includes('alive')) {
      await visitor.send('/sign-out', {});
      left = true;
    }
  expect(left).toBe(true);
});

import { beforeAll, expect, it } from '@jest/globals';
import { en } from '../../src/dashboard/texts/en.js';
import { inBrowser } from '../support/dashboard.js';
import { bookExample, DESK, DOOR, MAIN } from '../support/example.js';

inBrowser('a page that was left open', (dashboard) => {
  beforeAll(() => bookExample(dashboard.service));
  const book = async (path: string, body: object, key: string): Promise<void> => {
    expect((await dashboard.service.command(path, body, key)).status).toBe(201);
  };

  it.each([
    ['at the next change', 1],
    ['when nothing changes, too', 0],
  ])('leads to the way in once somebody has signed out in another tab, %s', async (_, changes) => {
    const key = await dashboard.keyOf('billing');
    const page = await dashboard.visit({ language: 'en', key, path: `/accounts/${MAIN}` });
    await page.waitForSelector('#fresh[data-state=live]');
    const other = await page.context().newPage();
    await other.goto(dashboard.url('/accounts'));
    await other.click(`button:has-text("${en.signOut}")`);
    await other.waitForURL(/sign-in/);
    let refreshes = 0;
    page.on('request', (request) => (refreshes += 'ledger-refresh' in request.headers() ? 1 : 0));
    if (changes) await book(`/${MAIN}/sip-accounts/${DOOR}/add-credit`, { amount: '1' }, 'signed-out');
    // No later than the server has looked again whether anybody is signed in.
    await page.waitForURL(/sign-in\?next=/, { timeout: 40_000 });
    // Refused once, it does not ask again and again.
    expect(refreshes).toBe(changes);
  });

  it('is not shown again by Back once somebody has signed out', async () => {
    const key = await dashboard.keyOf('billing');
    const page = await dashboard.visit({ language: 'en', key, path: `/accounts/${MAIN}` });
    await page.goto(dashboard.url(`/accounts/${MAIN}/history`));
    await page.click(`button:has-text("${en.signOut}")`);
    await page.waitForURL(/signedOut/);
    await page.goBack();
    await page.waitForURL(/sign-in\?next=/);
    expect(await page.content()).not.toContain(DESK);
  });

  it('has its table as soon as there is a first SIP account', async () => {
    await book('', { mainAccountId: 'new', currency: 'EUR' }, 'open');
    const page = await dashboard.visit({ language: 'en', path: '/accounts/new' });
    await page.waitForSelector('#fresh[data-state=live]');
    await book('/new/sip-accounts', { sipAccountId: DESK }, 'first');
    await page.waitForSelector(`#rows tr:has-text("${DESK}"):has-text("€0.0000")`);
    expect(await page.locator('thead').count()).toBe(1);
  });
});

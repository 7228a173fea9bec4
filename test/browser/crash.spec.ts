import { setTimeout } from 'node:timers/promises';
import { beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { en } from '../../src/dashboard/texts/en.js';
import { inBrowser } from '../support/dashboard.js';
import { bookExample, DOOR, MAIN } from '../support/example.js';

const FORM = `/accounts/${MAIN}/sip-accounts/${DOOR}/add-credit`;
const BUTTON = 'main form[method=post] button';

inBrowser('a form that was sent when the service was killed', (dashboard) => {
  const openForm = async (amount: string): Promise<Page> => {
    const page = await dashboard.visit({ language: 'en', path: FORM });
    await page.fill('#amount', amount);
    return page;
  };

  /** As somebody does who sees a broken page, and waits until the service is there again. */
  const sendAgain = async (page: Page, amount: string): Promise<void> => {
    await dashboard.start();
    await page.goBack();
    await page.fill('#amount', amount);
    await page.click(BUTTON);
    await page.waitForURL(/done=/);
  };

  /** The browser shows that it got no answer, and is asked to load that again. */
  const reload = async (page: Page): Promise<void> => {
    await dashboard.start();
    await page.reload();
  };

  beforeAll(() => bookExample(dashboard.service));

  it.each([
    ['sent again', '2', sendAgain, '€59.3600'],
    ['loaded again', '1', reload, '€58.3600'],
  ])('is booked once when it is %s, and the page says that it was done already', async (...of) => {
    const [, amount, again, left] = of;
    const page = await openForm(amount);
    // The service has booked it, and dies before the browser hears of it.
    const lost = page.waitForEvent('requestfailed');
    await page.route('**/add-credit?sent', async (route) => {
      await route.fetch({ maxRedirects: 0 });
      await dashboard.service.kill();
      await route.abort('connectionreset');
    });
    await page.click(BUTTON, { noWaitAfter: true });
    await lost;
    await page.unrouteAll();
    await again(page, amount);
    expect(await page.innerText('.notice')).toContain(en.done.again);
    expect(await page.innerText('#totals')).toContain(left);
  });

  it.each([
    [0, '€57.8600'],
    [4, '€57.3600'],
    [12, '€56.8600'],
  ])('is booked once when it dies %i ms after the button was pressed', async (ms, left) => {
    const page = await openForm('0.5');
    await Promise.all([
      page.click(BUTTON, { noWaitAfter: true }),
      setTimeout(ms).then(() => dashboard.service.kill()),
    ]);
    await sendAgain(page, '0.5');
    expect(await page.innerText('#totals')).toContain(left);
  });
});

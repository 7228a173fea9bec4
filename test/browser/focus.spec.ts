import { beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { en } from '../../src/dashboard/texts/en.js';
import { inBrowser } from '../support/dashboard.js';
import { bookExample, DESK, DOOR, MAIN } from '../support/example.js';

const ACCOUNT = `/accounts/${MAIN}`;

/** Sends the form of the page by keyboard, as it is. */
async function send(page: Page): Promise<void> {
  const loaded = page.waitForEvent('load');
  await page.focus('main form[method=post] button');
  await page.keyboard.press('Enter');
  await loaded;
}

inBrowser('the focus', (dashboard) => {
  beforeAll(() => bookExample(dashboard.service));

  it.each([true, false])('is on what a form has done, script: %s', async (javaScriptEnabled) => {
    const page = await dashboard.visit({ language: 'en', javaScriptEnabled });
    await page.goto(dashboard.url(`${ACCOUNT}/sip-accounts/${DOOR}/add-credit`));
    await page.fill('#amount', '1');
    await send(page);
    await page.locator('.notice-done:focus').waitFor();
    // From there Tab leads on, and not through the menu again.
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.innerText')).toBe(en.overview.purchase);
    await page.goto(dashboard.url(`${ACCOUNT}/sip-accounts/${DOOR}/name`));
    await send(page);
    await page.locator('.notice-done:focus').waitFor();
  });

  it('is on what stands in the way of the whole form', async () => {
    const page = await dashboard.visit({ language: 'en' });
    await page.goto(dashboard.url(`${ACCOUNT}/sip-accounts/${DESK}/remove-all-credit`));
    const more = `/${MAIN}/sip-accounts/${DESK}/add-credit`;
    await dashboard.service.command(more, { amount: '1' }, 'in-between');
    await send(page);
    await page.locator('.notice-problem:focus').waitFor();
  });

  it('is in the field that is in error', async () => {
    const page = await dashboard.visit({ language: 'en' });
    await page.goto(dashboard.url(`${ACCOUNT}/sip-accounts/${DOOR}/add-credit`));
    await page.fill('#amount', 'x');
    await send(page);
    await page.locator('#amount:focus').waitFor();
  });

  it('is whole in sight in the menu of a phone', async () => {
    const page = await dashboard.visit({
      language: 'nl',
      viewport: { width: 360, height: 700 },
      path: ACCOUNT,
    });
    const history = page.locator('.menu a[href$="/history"]');
    const right = async () => (await history.boundingBox())!.x + (await history.boundingBox())!.width;
    expect(await right()).toBeGreaterThan(360);
    await page.focus('.menu [aria-current]');
    await page.keyboard.press('Tab');
    await history.and(page.locator(':focus')).waitFor();
    expect(await right()).toBeLessThanOrEqual(360);
  });
});

import { expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { inBrowser } from '../support/dashboard.js';
import { bookExample, MAIN } from '../support/example.js';

/** A page of A4 with margins of 2 cm, in CSS pixels. */
const PAPER = { width: 642, height: 971 };

const isShown = (page: Page, selector: string): Promise<boolean> =>
  page.locator(selector).first().isVisible();

inBrowser('on paper', (dashboard) => {
  it('the overview has its figures and rows, and no links or signs to press', async () => {
    await bookExample(dashboard.service);
    const page = await dashboard.visit({ language: 'en', viewport: PAPER, path: `/accounts/${MAIN}` });
    await page.emulateMedia({ media: 'print' });
    for (const selector of ['.figure', '#rows tr', '#rows time'])
      expect(await isShown(page, selector)).toBe(true);
    for (const selector of ['.after', '.options']) expect(await isShown(page, selector)).toBe(false);
    const sign = `getComputedStyle(document.querySelector('.sort'), '::after').display`;
    expect(await page.evaluate(sign)).toBe('none');
  });

  it.each(['light', 'dark'] as const)(
    'the history has every column and the chart, and nothing to press, on white, from a %s screen as narrow',
    async (colorScheme) => {
      const path = `/accounts/${MAIN}/history`;
      const page = await dashboard.visit({ language: 'en', viewport: PAPER, colorScheme, path });
      const columns = () => page.locator('.history thead th:visible').count();
      expect(await columns()).toBe(0);
      await page.emulateMedia({ media: 'print', colorScheme });
      expect(await columns()).toBe(6);
      for (const selector of ['.top', '.toolbar', '.fresh'])
        expect(await isShown(page, selector)).toBe(false);
      for (const selector of ['h1', '.chart svg', '#entries tr'])
        expect(await isShown(page, selector)).toBe(true);
      expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(
        'rgb(255, 255, 255)',
      );
      expect(await page.evaluate('getComputedStyle(document.querySelector("h1")).color')).toBe(
        'rgb(20, 33, 31)',
      );
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(PAPER.width);
      expect(
        (await page.pdf({ format: 'A4', margin: { left: '2cm', right: '2cm' } })).length,
      ).toBeGreaterThan(9000);
    },
  );
});

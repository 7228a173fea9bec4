import { expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { nl } from '../../src/dashboard/texts/nl.js';
import { inBrowser } from '../support/dashboard.js';
import { bookExample, DESK, MAIN } from '../support/example.js';

/** A page of A4 with margins of 2 cm, in CSS pixels. */
const PAPER = { width: 642, height: 971 };

/** Words that are torn at the end of a line. */
const TORN = `[...document.querySelectorAll('table')].flatMap((table) => {
  const texts = document.createTreeWalker(table, NodeFilter.SHOW_TEXT);
  const torn = [];
  while (texts.nextNode())
    for (const { index, 0: word } of texts.currentNode.data.matchAll(/\\S+/g)) {
      const range = document.createRange();
      range.setStart(texts.currentNode, index);
      range.setEnd(texts.currentNode, index + word.length);
      const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
      if (lines.size > 1) torn.push(word);
    }
  return torn;
})`;

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

  it('ids and names stay whole, and a history says what it is narrowed down to', async () => {
    const overview = `/accounts/${MAIN}`;
    const page = await dashboard.visit({ language: 'nl', viewport: PAPER });
    await page.goto(dashboard.url(`${overview}/sip-accounts/${DESK}/name`));
    await page.fill('#name', 'Reception');
    await page.press('#name', 'Enter');
    await page.waitForURL(/named=1/);
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate(TORN)).toEqual([]);
    await page.goto(
      dashboard.url(
        `${overview}/history?account=${DESK}&kind=CreditAllocated&since=2026-11-01&until=2099-12-31`,
      ),
    );
    expect(await page.evaluate(TORN)).toEqual([]);
    const { details, kinds } = nl;
    expect(await page.innerText('.on-paper')).toBe(
      [
        `${details.account}: ${DESK} (Reception)`,
        `${details.kind}: ${kinds.CreditAllocated}`,
        `${details.from}: 1 nov 2026`,
        `${details.to}: 31 dec 2099`,
      ].join(' · '),
    );
    await page.emulateMedia({ media: 'screen' });
    expect(await isShown(page, '.on-paper')).toBe(false);
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

import { beforeAll, expect, it } from '@jest/globals';
import { inBrowser } from '../support/dashboard.js';
import { bookExample, DESK, HALL, MAIN } from '../support/example.js';

const PHONE = { width: 390, height: 760 };
const MANY = 60;

/** Tables that are wider than their card, and so have to be scrolled sideways. */
const SCROLLED = `[...document.querySelectorAll('.scroll')]
  .filter((card) => card.scrollWidth > card.clientWidth)
  .map((card) => location.pathname + ' scrolls ' + card.scrollWidth + ' in ' + card.clientWidth)`;

/** On how many lines the days and times of a page are at most. */
const LINES_OF_TIMES = `Math.max(...[...document.querySelectorAll('#entries time')].map((time) => {
  const range = document.createRange();
  range.selectNodeContents(time);
  return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
}))`;

/** How many pixels of each share are to be seen between the gaps. */
const SEEN_OF_SHARES = `[...document.querySelectorAll('.share > svg rect')].map((rect) => {
  const bar = rect.ownerSVGElement;
  return rect.width.baseVal.value * bar.clientWidth / bar.viewBox.baseVal.width - 2;
})`;

inBrowser('a list', (dashboard) => {
  const book = (path: string, body: object) =>
    dashboard.service.command(path, body, `list-${path}-${JSON.stringify(body)}`);
  const open = async (main: string, currency: string, amount: string): Promise<void> => {
    await book('', { mainAccountId: main, currency });
    await book(`/${main}/purchases`, { amount, reference: 'list' });
    await book(`/${main}/sip-accounts`, { sipAccountId: DESK });
    await book(`/${main}/sip-accounts/${DESK}/add-credit`, { amount });
  };

  beforeAll(async () => {
    await bookExample(dashboard.service);
    await open('euros', 'EUR', '99999999.9999');
    await open('dinars', 'KWD', '999999.9999');
    await open('most', 'KWD', '999999999999.9999');
    await book('', { mainAccountId: 'many', currency: 'EUR' });
    await book('/many/purchases', { amount: '50000', reference: 'many' });
    for (let n = 0; n < MANY; n++) {
      await book('/many/sip-accounts', { sipAccountId: `phone-${n}` });
      if (n < 7) await book(`/many/sip-accounts/phone-${n}/add-credit`, { amount: '1' });
    }
  });

  it('is in sight where its links lead, on a phone', async () => {
    const page = await dashboard.visit({ language: 'en', viewport: PHONE, path: '/accounts/many' });
    const isInSight = async (selector: string): Promise<boolean> => {
      const box = await page.locator(selector).first().boundingBox();
      return box !== null && box.y >= 0 && box.y + box.height <= PHONE.height;
    };
    const go = (selector: string) => Promise.all([page.waitForEvent('load'), page.click(selector)]);
    expect(await isInSight('#rows tr')).toBe(false);
    for (const link of ['a[rel=next]', 'a[rel=prev]', '.sort', 'form[role=search] button']) {
      await go(link);
      expect(await isInSight('#rows tr')).toBe(true);
    }
    await page.goto(dashboard.url('/accounts/many/history'));
    expect(await isInSight('#entries tr')).toBe(false);
    for (const link of ['a[rel=next]', 'a[rel=prev]']) {
      await go(link);
      expect(await isInSight('#entries tr')).toBe(true);
    }
  });

  it.each([768, 861, 901, 1001, 1120])(
    'of amounts of millions needs no scrolling sideways, at %i pixels',
    async (width) => {
      const page = await dashboard.visit({ language: 'nl', viewport: { width, height: 800 } });
      const found: string[] = [];
      for (const main of ['euros', 'dinars', ...(width > 1000 ? ['most'] : [])])
        for (const path of ['', '/history']) {
          await page.goto(dashboard.url(`/accounts/${main}${path}`));
          found.push(...(await page.evaluate<string[]>(SCROLLED)));
        }
      expect(found).toEqual([]);
    },
  );

  it.each([1000, 1440])('is filtered in one line, at %i pixels', async (width) => {
    const path = `/accounts/${MAIN}/history?account=${DESK}`;
    const page = await dashboard.visit({ language: 'nl', viewport: { width, height: 800 }, path });
    const middles = await page.evaluate<number[]>(`
      [...document.querySelectorAll('.filter :is(input, select, button, a)')].map((part) => {
        const { top, bottom } = part.getBoundingClientRect();
        return (top + bottom) / 2;
      })`);
    expect(Math.max(...middles) - Math.min(...middles)).toBeLessThan(10);
  });

  it('keeps days in one piece beside the longest name, at 768 pixels', async () => {
    const page = await dashboard.visit({ language: 'en', viewport: { width: 768, height: 800 } });
    await page.goto(dashboard.url(`/accounts/${MAIN}/sip-accounts/${HALL}/name`));
    await page.fill('#name', 'W'.repeat(80));
    await page.press('#name', 'Enter');
    await page.waitForURL(/named=1/);
    await page.goto(dashboard.url(`/accounts/${MAIN}/history`));
    expect(await page.evaluate(LINES_OF_TIMES)).toBeLessThanOrEqual(2);
  });

  it('shows every share of the credit, on a phone too', async () => {
    const page = await dashboard.visit({ language: 'en', viewport: PHONE, path: '/accounts/many' });
    const seen = await page.evaluate<number[]>(SEEN_OF_SHARES);
    expect(seen).toHaveLength(7);
    expect(Math.min(...seen)).toBeGreaterThan(2);
  });
});

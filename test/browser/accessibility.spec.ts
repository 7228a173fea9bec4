import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { beforeAll, expect, it } from '@jest/globals';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { inBrowser } from '../support/dashboard.js';
import { bookExample, DESK, DOOR, HALL, MAIN } from '../support/example.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const ACCOUNT = `/accounts/${MAIN}`;

/** Texts that have less room than a word needs, and so stand letter under letter. */
const SQUEEZED = `[...document.querySelectorAll('main :is(td, th, dd, p, button)')]
  .filter((element) => element.innerText.trim().length > 6)
  .filter((element) => element.getClientRects().length > 0 && element.clientWidth < 48)
  .map((element) => element.innerText)`;

/** What sticks out of its card, or of its own box into its neighbour's. */
const OVERFLOWING = `[...document.querySelectorAll('main .card *, main .notice')]
  .filter((element) => !element.closest('.scroll, svg') && getComputedStyle(element).overflow === 'visible')
  .filter((element) => {
    const { right } = element.getBoundingClientRect();
    const card = element.closest('.card, main').getBoundingClientRect();
    const room = element.clientWidth && element.matches('td, th, dt, dd, p, div') ? element.clientWidth : Infinity;
    return right > card.right + 1 || element.scrollWidth > room + 1;
  })
  .map((element) => element.tagName + ' ' + element.innerText)`;

/** Texts that are torn apart at the end of a line. */
const tornIn = (selector: string): string => `[...document.querySelectorAll('${selector}')]
  .filter((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1;
  })
  .map((element) => 'torn ' + element.innerText)`;
const TORN = tornIn('main :is(tbody .number, .figure, .figures dd)');

/** Who did it, in less room than a short name needs. */
const CRAMPED = `[...document.querySelectorAll('.actor')]
  .filter((element) => element.getClientRects().length > 0 && element.clientWidth < 100)
  .map((element) => 'cramped ' + element.innerText)`;

/** Tables that are wider than their card, and so have to be scrolled sideways. */
const SCROLLED = `[...document.querySelectorAll('.scroll')]
  .filter((card) => card.scrollWidth > card.clientWidth)
  .map((card) => 'scrolls ' + card.scrollWidth)`;

/** Every screen, as it is for somebody who may do everything. */
const SCREENS = [
  '/accounts',
  '/accounts?q=nobody',
  ACCOUNT,
  `${ACCOUNT}?sort=amount&desc=1&q=3247`,
  '/accounts/empty',
  `${ACCOUNT}/sip-accounts/${DOOR}/add-credit`,
  `${ACCOUNT}/sip-accounts/${DESK}/remove-all-credit`,
  `${ACCOUNT}/sip-accounts/${DOOR}/remove-all-credit`,
  `${ACCOUNT}/sip-accounts/${DOOR}/name`,
  `${ACCOUNT}/add-sip-account`,
  `${ACCOUNT}/purchase`,
  `${ACCOUNT}/history`,
  `${ACCOUNT}/history?account=nobody`,
  `${ACCOUNT}/history/14`,
  '/accounts/nobody',
  '/sign-in?link=some-token',
];

async function violationsOn(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const options = JSON.stringify({ runOnly: WCAG });
  const { violations } = await page.evaluate<AxeResults>(`axe.run(document, ${options})`);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** Names of shares that are cut off, and charts that have less than half of the width there is. */
const CUT = `[
  ...[...document.querySelectorAll('.legend span')].filter((name) => name.scrollWidth > name.clientWidth),
  ...[...document.querySelectorAll('.chart svg')].filter((chart) => chart.clientWidth * 2 < chart.parentNode.clientWidth),
].map(({ parentNode }) => 'cut in ' + parentNode.className + parentNode.textContent)`;

inBrowser('every screen', (dashboard) => {
  beforeAll(async () => {
    await bookExample(dashboard.service);
    await dashboard.service.command('', { mainAccountId: 'empty', currency: 'EUR' }, 'open');
  });

  it.each([
    ['en', 'light'],
    ['en', 'dark'],
    ['nl', 'light'],
    ['nl', 'dark'],
  ] as const)(
    'meets WCAG 2.2 AA in %s, %s',
    async (language, colorScheme) => {
      const page = await dashboard.visit({ language, colorScheme });
      const found: string[] = [];
      const look = async (screen: string) =>
        found.push(...(await violationsOn(page)).map((violation) => `${screen} ${violation}`));
      for (const screen of SCREENS) {
        await page.goto(dashboard.url(screen));
        await look(screen);
      }
      await page.goto(dashboard.url(`${ACCOUNT}/sip-accounts/${DOOR}/add-credit`));
      await page.fill('#amount', 'x');
      await Promise.all([page.waitForEvent('load'), page.click('main form[method=post] button')]);
      await look('refused');
      await page.context().clearCookies();
      await page.goto(dashboard.url('/sign-in'));
      await look('/sign-in');
      expect(found).toEqual([]);
    },
    60_000,
  );

  it('has links that a finger can hit, on a phone', async () => {
    const page = await dashboard.visit({ language: 'nl', viewport: { width: 360, height: 800 } });
    for (const screen of [ACCOUNT, `${ACCOUNT}/history`]) {
      await page.goto(dashboard.url(screen));
      expect(await violationsOn(page)).toEqual([]);
    }
  }, 60_000);

  for (const language of ['en', 'nl'] as const) {
    it.each([
      ['at 320 pixels', { width: 320, height: 640 }],
      ['at 200 % zoom', { width: 590, height: 380 }],
    ])(`scrolls in one direction only, and squeezes nothing, in ${language}, %s`, async (_, viewport) => {
      const page = await dashboard.visit({ language, viewport });
      const tooWide: string[] = [];
      for (const screen of SCREENS) {
        await page.goto(dashboard.url(screen));
        const width = await page.evaluate<number>('document.documentElement.scrollWidth');
        if (width > viewport.width) tooWide.push(`${screen} is ${width} wide`);
        for (const text of await page.evaluate<string[]>(SQUEEZED))
          tooWide.push(`${screen} squeezes ${text}`);
      }
      expect(tooWide).toEqual([]);
    });
  }

  it.each([320, 360, 590, 768, 800, 860, 1440])(
    'keeps the longest ids and the largest amounts where they belong, at %i pixels',
    async (width) => {
      const long = 'M'.repeat(64);
      const dinars = 'in-dinars';
      const book = (path: string, body: object) =>
        dashboard.service.command(path, body, `long-${path}-${Object.keys(body)[0]}`);
      for (const [main, currency] of [
        [long, 'EUR'],
        [dinars, 'KWD'],
      ] as const) {
        await book('', { mainAccountId: main, currency });
        await book(`/${main}/purchases`, { amount: '999999999999.9999', reference: 'long' });
        await book(`/${main}/sip-accounts`, { sipAccountId: long });
        await book(`/${main}/sip-accounts/${long}/add-credit`, { amount: '888888888888.8888' });
      }
      const page = await dashboard.visit({ language: 'nl', viewport: { width, height: 800 } });
      const found: string[] = [];
      for (const screen of [
        ACCOUNT,
        ...[long, dinars].flatMap((main) =>
          [
            '',
            '/purchase',
            '/history',
            `/sip-accounts/${long}/add-credit`,
            `/sip-accounts/${long}/remove-all-credit`,
          ].map((path) => `/accounts/${main}${path}`),
        ),
      ]) {
        await page.goto(dashboard.url(screen));
        const name = screen.replaceAll(long, 'M');
        const all = await page.evaluate<number>('document.documentElement.scrollWidth');
        if (all > width) found.push(`${name} is ${all} wide`);
        for (const look of [OVERFLOWING, CRAMPED, TORN, CUT])
          for (const text of await page.evaluate<string[]>(look)) found.push(`${name}: ${text}`);
      }
      await page.goto(dashboard.url(ACCOUNT));
      found.push(...(await page.evaluate<string[]>(SCROLLED)));
      expect(found).toEqual([]);
    },
  );

  it.each([320, 360, 640])('offers everything it offers elsewhere, at %i pixels', async (width) => {
    const main = 'millions';
    const book = (path: string, body: object) => dashboard.service.command(path, body, `million-${path}`);
    await book('', { mainAccountId: main, currency: 'EUR' });
    await book(`/${main}/purchases`, { amount: '3456789.0123', reference: 'millions' });
    await book(`/${main}/sip-accounts`, { sipAccountId: DESK });
    await book(`/${main}/sip-accounts/${DESK}/add-credit`, { amount: '1234567.8901' });
    const path = `/accounts/${main}`;
    const page = await dashboard.visit({ language: 'nl', viewport: { width, height: 800 }, path });
    for (const sort of ['account', 'name', 'amount', 'moved'])
      expect(await page.locator(`thead a[href*="sort=${sort}"]`).isVisible()).toBe(true);
    expect(await page.locator('#rows time').isVisible()).toBe(true);
    for (const screen of ['', '/history', `/sip-accounts/${DESK}/remove-all-credit`]) {
      await page.goto(dashboard.url(path + screen));
      expect(await page.evaluate<string[]>(TORN)).toEqual([]);
    }
  });

  it.each([768, 861, 1100])(
    'keeps telephone numbers in one piece beside the longest name, at %i pixels',
    async (width) => {
      const path = `${ACCOUNT}/sip-accounts/${HALL}/name`;
      const page = await dashboard.visit({ language: 'nl', viewport: { width, height: 800 }, path });
      await page.fill('#name', 'Werkplaats '.repeat(8).slice(0, 80));
      await page.press('#name', 'Enter');
      await page.waitForURL(/named=1/);
      expect(await page.evaluate<string[]>(tornIn('#rows th'))).toEqual([]);
      expect(await page.evaluate<string[]>(SCROLLED)).toEqual([]);
    },
  );

  it.each([320, 360])('shows main accounts without scrolling sideways, at %i pixels', async (width) => {
    const page = await dashboard.visit({
      language: 'nl',
      viewport: { width, height: 800 },
      path: '/accounts',
    });
    expect(await page.evaluate<string[]>(SCROLLED)).toEqual([]);
  });

  it('comes in under 60 kB on a first visit', async () => {
    const page = await dashboard.visit({ language: 'en', viewport: { width: 1180, height: 760 } });
    const fresh = await page
      .context()
      .browser()
      ?.newContext({
        storageState: await page.context().storageState(),
      });
    const first = await fresh?.newPage();
    const sizes: Promise<number>[] = [];
    first?.on('requestfinished', (request) => {
      sizes.push(
        request
          .sizes()
          .then(({ responseBodySize, responseHeadersSize }) => responseBodySize + responseHeadersSize),
      );
    });
    await first?.goto(dashboard.url(ACCOUNT), { waitUntil: 'load' });
    const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    expect(total).toBeGreaterThan(5_000);
    expect(total).toBeLessThan(60_000);
  });
});

import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { en } from '../../src/dashboard/texts/en.js';
import { inBrowser, SHOP } from '../support/dashboard.js';
import { bookExample, DESK, DOOR, MAIN } from '../support/example.js';

const ACCOUNT = `/accounts/${MAIN}`;
const SCREENS = [
  '',
  '/history',
  `/sip-accounts/${DOOR}/add-credit`,
  `/sip-accounts/${DESK}/remove-all-credit`,
];
const MOST_STOPS = 100;

interface Stop {
  readonly name: string;
  /** False when the ring around it is missing, or cut off by what it stands in or by the window. */
  readonly ringed: boolean;
}

/** Where the focus is, as a `Stop`; null when it is nowhere. */
const STOP = `(() => {
  const at = document.activeElement;
  if (at === document.body) return null;
  const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(at);
  const { left, top, right, bottom } = at.getBoundingClientRect();
  // Menus scroll by whole pixels.
  const around = Math.max(0, parseFloat(outlineWidth) + parseFloat(outlineOffset)) - 1;
  const fitsInto = (box) =>
    left - around >= box.left && top - around >= box.top && right + around <= box.right && bottom + around <= box.bottom;
  const cutting = [];
  for (let element = at.parentElement; element; element = element.parentElement)
    if (getComputedStyle(element).overflow !== 'visible') cutting.push(element.getBoundingClientRect());
  const drawn = outlineStyle === 'solid' && parseFloat(outlineWidth) >= 2;
  return {
    name: [at.tagName, at.ariaLabel ?? (at.innerText || at.name), at.href ?? ''].join(' '),
    // The button that opens a calendar has a ring of the browser's own, inside the field.
    ringed: at.type === 'date' || (drawn && cutting.every(fitsInto)),
  };
})()`;

/** Presses a key until the focus leaves the page. @returns where it was */
async function walk(page: Page, key: 'Tab' | 'Shift+Tab'): Promise<Stop[]> {
  const stops: Stop[] = [];
  while (stops.length < MOST_STOPS) {
    await page.keyboard.press(key);
    const stop = await page.evaluate<Stop | null>(STOP);
    if (!stop) break;
    stops.push(stop);
  }
  return stops;
}

inBrowser('by keyboard', (dashboard) => {
  beforeAll(() => bookExample(dashboard.service));

  it.each([
    ['a phone', { viewport: { width: 360, height: 700 } }],
    ['a dark screen', { colorScheme: 'dark' }],
    ['a screen in colours of its own', { forcedColors: 'active' }],
  ] as const)('Shift+Tab leads back as Tab leads on, and every stop is marked, on %s', async (_, options) => {
    const page = await dashboard.visit({ language: 'en', ...options });
    for (const path of SCREENS) {
      await page.goto(dashboard.url(ACCOUNT + path));
      // Forms begin with the focus in a field.
      await walk(page, 'Shift+Tab');
      const on = await walk(page, 'Tab');
      const back = await walk(page, 'Shift+Tab');
      expect(back.map(({ name }) => name).toReversed()).toEqual(on.map(({ name }) => name));
      expect(on.filter(({ ringed }) => !ringed)).toEqual([]);
      expect(on[0]?.name).toContain(en.skipToContent);
      const shops = on.filter(({ name }) => name.endsWith(` ${SHOP}`));
      expect(shops.length).toBeGreaterThan(0);
      expect(shops.length).toBe(await page.locator(`a[href="${SHOP}"]`).count());
    }
  });

  it('a Space that is held is one press', async () => {
    const page = await dashboard.visit({ language: 'en', path: ACCOUNT });
    let asked = 0;
    await page.route(/add-sip-account$/, async (route) => {
      asked += 1;
      await delay(300);
      // It may have been given up for another by then.
      await route.continue().catch(() => undefined);
    });
    await page.focus('main a.button');
    for (let time = 0; time < 3; time++) await page.keyboard.down('Space');
    await page.waitForURL(/add-sip-account$/);
    await page.keyboard.up('Space');
    expect(asked).toBe(1);
  });

  it('Space presses whatever looks like a button', async () => {
    const page = await dashboard.visit({ language: 'en', path: ACCOUNT });
    const press = async (selector: string, leadsTo: RegExp) => {
      await page.focus(selector);
      await page.keyboard.press('Space');
      await page.waitForURL(leadsTo);
    };
    for (const [selector, leadsTo] of [
      ['main a.button', /add-sip-account$/],
      [`[aria-label="${en.overview.rename(DOOR)}"]`, /name$/],
      [`[aria-label="${en.overview.remove(DESK)}"]`, /remove-all-credit$/],
      [`[aria-label="${en.overview.add(DOOR)}"]`, /add-credit$/],
    ] as const) {
      await page.goto(dashboard.url(ACCOUNT));
      await press(selector, leadsTo);
    }
    await page.getByRole('button', { name: '€10.0000' }).focus();
    await page.keyboard.press('Space');
    expect(await page.inputValue('#amount:focus')).toBe('10');
    await press('main form[method=post] button', /done=/);
    await press('.languages button[lang=nl]', /done=/);
    await press('form[action="/sign-out"] button', /sign-in/);
  });
});

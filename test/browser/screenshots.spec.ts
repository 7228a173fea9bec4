import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import { inBrowser } from '../support/dashboard.js';
import { bookExample, DESK, DOOR, HALL, HOME, MAIN } from '../support/example.js';
import { ROOT } from '../support/service.js';

/** Set to write the pictures of the documents anew: they differ by the time on them. */
const WRITE = process.env['WRITE_SCREENSHOTS'] !== undefined;

const ACCOUNT = `/accounts/${MAIN}`;
const NAMES = { [DESK]: 'Reception', [DOOR]: 'Front door', [HALL]: 'Workshop', [HOME]: 'Home office' };
const WIDE = { width: 1100, height: 720 };
const TALL = { width: 1100, height: 1320 };
const NARROW = { width: 360, height: 720 };

inBrowser('the pictures in the documents', (dashboard) => {
  beforeAll(async () => {
    await bookExample(dashboard.service);
    const page = await dashboard.visit({ language: 'en' });
    for (const [account, name] of Object.entries(NAMES)) {
      await page.goto(dashboard.url(`${ACCOUNT}/sip-accounts/${account}/name`));
      await page.fill('#name', name);
      await page.press('#name', 'Enter');
      await page.waitForURL(/named=1/);
    }
    await dashboard.leave();
  });

  it.each([
    { name: 'overview-en', path: ACCOUNT, language: 'en' },
    { name: 'overview-nl-dark', path: ACCOUNT, language: 'nl', colorScheme: 'dark' },
    { name: 'overview-nl-narrow', path: ACCOUNT, language: 'nl', viewport: NARROW },
    { name: 'add-credit-en', path: `${ACCOUNT}/sip-accounts/${DOOR}/add-credit`, language: 'en' },
    { name: 'remove-credit-nl', path: `${ACCOUNT}/sip-accounts/${DESK}/remove-all-credit`, language: 'nl' },
    { name: 'history-en', path: `${ACCOUNT}/history`, language: 'en' },
    { name: 'event-en', path: `${ACCOUNT}/history/14`, language: 'en', viewport: TALL },
  ] as const)('$name is taken', async ({ name, path, ...visit }) => {
    const page = await dashboard.visit({ viewport: WIDE, ...visit, path });
    if (await page.locator('#fresh').count()) await page.waitForSelector('#fresh[data-state=live]');
    const picture = await page.screenshot();
    expect(picture.length).toBeGreaterThan(10_000);
    expect(picture.length).toBeLessThan(200_000);
    if (WRITE) writeFileSync(join(ROOT, 'docs/images', `${name}.png`), picture);
  });
});

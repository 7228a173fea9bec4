import { expect, it } from '@jest/globals';
import { en } from '../../src/dashboard/texts/en.js';
import { inBrowser } from '../support/dashboard.js';
import { bookExample, DOOR, MAIN } from '../support/example.js';
import { holdReadModels } from '../support/hold-read-models.js';

const READ_WAIT_MS = 300;

inBrowser(
  'pages whose read model is behind',
  (dashboard) => {
    const overview = `/accounts/${MAIN}`;

    it('say so in every tab, also that the booking was done, and show it as soon as they can', async () => {
      await bookExample(dashboard.service);
      const open = await dashboard.visit({ language: 'en', path: overview });
      const history = await open.context().newPage();
      await history.goto(dashboard.url(`${overview}/history`));
      for (const page of [open, history]) await page.waitForSelector('#fresh[data-state=live]');
      const page = await open.context().newPage();
      await page.goto(dashboard.url(`${overview}/sip-accounts/${DOOR}/add-credit`));
      await page.fill('#amount', '1.36');

      const letGo = holdReadModels(dashboard.dataDir);
      await page.click('main form[method=post] button');
      await page.waitForSelector(`#behind:has-text("${en.fresh.bookedNotShown}")`);
      expect(await page.innerText('.notice-done')).toContain('€1.3600');
      expect(await page.innerText('#totals')).toContain('€61.3600');
      for (const tab of [open, history])
        await tab.waitForSelector(`#fresh[data-state=behind]:has-text("${en.fresh.behind}")`);
      // The page that lacks its booking is no live one, though its connection is.
      expect(await page.getAttribute('#fresh', 'data-state')).toBe('behind');

      letGo();
      for (const tab of [open, page]) {
        await tab.waitForSelector('#totals:has-text("€60.0000")');
        await tab.waitForSelector('#fresh[data-state=live]');
      }
      await history.waitForSelector('#entries tr:first-child:has-text("€1.3600")');
      expect(await page.locator('#behind').count()).toBe(0);
      expect(await page.innerText('.notice-done')).toContain('€1.3600');
    });
  },
  { LEDGER_READ_WAIT_MS: String(READ_WAIT_MS) },
);

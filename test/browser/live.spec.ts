import { expect, it } from '@jest/globals';
import type { Route } from 'playwright-core';
import { en } from '../../src/dashboard/texts/en.js';
import { nl } from '../../src/dashboard/texts/nl.js';
import { inBrowser } from '../support/dashboard.js';
import { bookExample, DESK, DOOR, MAIN } from '../support/example.js';
import { KEY } from '../support/service.js';

/** How many events the example has. */
const EXAMPLE_REVISIONS = 15;

inBrowser('an open page', (dashboard) => {
  const book = async (path: string, body: object | undefined, key: string): Promise<void> => {
    expect((await dashboard.service.command(path, body, key)).status).toBe(201);
  };

  it('shows within a second what others book: totals, rows and history, in every tab', async () => {
    await bookExample(dashboard.service);
    const overview = await dashboard.visit({ language: 'en' });
    await overview.goto(dashboard.url(`/accounts/${MAIN}`));
    const history = await overview.context().newPage();
    await history.goto(dashboard.url(`/accounts/${MAIN}/history`));
    for (const page of [overview, history]) await page.waitForSelector('#fresh[data-state=live]');

    await book(`/${MAIN}/sip-accounts/${DOOR}/add-credit`, { amount: '1.36' }, 'elsewhere');

    await Promise.all([
      overview.waitForSelector('#totals:has-text("€60.0000")', { timeout: 1000 }),
      overview.waitForSelector(`tr:has-text("${DOOR}"):has-text("€1.3600")`, { timeout: 1000 }),
      history.waitForSelector('#entries tr:first-child:has-text("€1.3600")', { timeout: 1000 }),
    ]);
  });

  it('shows within a second a name that another tab gives, and its erasure', async () => {
    const page = await dashboard.visit({ language: 'en', path: `/accounts/${MAIN}` });
    await page.waitForSelector('#fresh[data-state=live]');
    const other = await page.context().newPage();
    for (const name of ['Front door', 'Back door']) {
      await other.goto(dashboard.url(`/accounts/${MAIN}/sip-accounts/${DOOR}/name`));
      await other.fill('#name', name);
      await other.press('#name', 'Enter');
      await other.waitForSelector(`.notice-done, tr:has-text("${DOOR}"):has-text("${name}")`);
      await page.waitForSelector(`tr:has-text("${DOOR}"):has-text("${name}")`, { timeout: 1000 });
    }
    const erased = await fetch(dashboard.url(`/v1/main-accounts/${MAIN}/names`), {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${KEY}` },
    });
    expect(erased.status).toBe(204);
    const row = page.locator(`tr:has-text("${DOOR}"):not(:has-text("door"))`);
    await row.waitFor({ timeout: 1000 });
  });

  it('tells a screen reader which amounts have changed, once they have settled, and nothing else', async () => {
    const main = 'spoken';
    await bookExample(dashboard.service, main);
    const page = await dashboard.visit({ language: 'en', path: `/accounts/${main}` });
    await page.waitForSelector('#fresh[data-state=live]');
    await page.evaluate(`
      globalThis.said = [];
      new MutationObserver((changes) => {
        for (const { target } of changes) {
          const region = target.closest?.('[aria-live], [role=status], [role=alert]');
          if (region) said.push(region.innerText);
        }
      }).observe(document.body, { childList: true, subtree: true });`);
    for (const balance of ['€1.0000', '€2.0000']) {
      await book(`/${main}/sip-accounts/${DOOR}/add-credit`, { amount: '1' }, `spoken-${balance.slice(1)}`);
      await page.waitForSelector(`tr:has-text("${DOOR}"):has-text("${balance}")`);
    }
    await page.waitForSelector('#changes:not(:empty)');
    const { shareMain } = en.overview;
    expect(await page.evaluate('said')).toEqual([
      `${shareMain}: €59.3600. ${en.accounts.allocated}: €50.8980. ${DOOR}: €2.0000.`,
    ]);
  });

  it('keeps the focus where it was when the rows change', async () => {
    const page = await dashboard.visit({ language: 'en' });
    await page.goto(dashboard.url(`/accounts/${MAIN}`));
    await page.waitForSelector('#fresh[data-state=live]');
    const label = en.overview.add(DESK);
    await page.focus(`[aria-label="${label}"]`);
    await book(`/${MAIN}/sip-accounts/${DESK}/add-credit`, { amount: '1' }, 'while-focused');
    await page.waitForSelector(`tr:has-text("${DESK}"):has-text("€13.2109")`);
    expect(await page.evaluate('document.activeElement.ariaLabel')).toBe(label);
  });

  it('keeps the focus where it was when the totals change', async () => {
    const page = await dashboard.visit({ language: 'en', path: `/accounts/${MAIN}` });
    await page.waitForSelector('#fresh[data-state=live]');
    await page.focus('#totals a[href$="/purchase"]');
    await book(`/${MAIN}/purchases`, { amount: '1', reference: 'focus' }, 'totals-focused');
    await page.waitForSelector('#totals:has-text("€60.0000")');
    expect(await page.evaluate('document.activeElement.innerText')).toBe(en.overview.purchase);
  });

  it('leaves the focus beside a link that is no longer there', async () => {
    await bookExample(dashboard.service, 'emptied');
    const page = await dashboard.visit({ language: 'en', path: '/accounts/emptied' });
    await page.waitForSelector('#fresh[data-state=live]');
    await page.focus(`[aria-label="${en.overview.remove(DESK)}"]`);
    await book(`/emptied/sip-accounts/${DESK}/remove-all-credit`, undefined, 'emptied');
    await page.waitForSelector(`tr:has-text("${DESK}"):has-text("€0.0000")`);
    expect(await page.evaluate('document.activeElement.ariaLabel')).toBe(en.overview.add(DESK));
  });

  it('is in one language, also when another tab has chosen another', async () => {
    await bookExample(dashboard.service, 'chosen');
    const page = await dashboard.visit({ language: 'en', path: '/accounts/chosen' });
    await page.waitForSelector('#fresh[data-state=live]');
    const other = await page.context().newPage();
    await other.goto(dashboard.url('/accounts/chosen'));
    await Promise.all([other.waitForEvent('load'), other.click('button[lang=nl]')]);
    await book(`/chosen/sip-accounts/${DOOR}/add-credit`, { amount: '1' }, 'chosen');
    await page.waitForSelector(`#rows tr:has-text("${DOOR}"):has-text("1,0000")`);
    expect(await page.innerText('h1')).toContain(nl.overview.title);
  });

  it('is not called live while it lacks what it could not read, and reads it again', async () => {
    const page = await dashboard.visit({ language: 'en', path: `/accounts/${MAIN}` });
    await page.waitForSelector('#fresh[data-state=live]');
    for (const [key, fail] of [
      ['refused', (route: Route) => route.fulfill({ status: 503, body: 'no' })],
      ['reset', (route: Route) => route.abort('connectionreset')],
    ] as const) {
      const before = await page.innerText('#totals');
      await page.route(`**/accounts/${MAIN}`, fail);
      const failed = page.waitForRequest((request) => 'ledger-refresh' in request.headers());
      await book(`/${MAIN}/sip-accounts/${DOOR}/add-credit`, { amount: '1' }, key);
      await failed;
      await page.waitForSelector('#fresh[data-state=behind]');
      expect(await page.innerText('#totals')).toBe(before);
      await page.unrouteAll({ behavior: 'wait' });
      await page.waitForSelector('#fresh[data-state=live]');
      expect(await page.innerText('#totals')).not.toBe(before);
    }
  });

  it('is not called live by a change while the figures are behind', async () => {
    const page = await dashboard.visit({ language: 'en' });
    await page.addInitScript(() => {
      // Says what the test lets it say.
      class Told extends EventTarget {
        constructor() {
          super();
          addEventListener('tell', (event) =>
            this.dispatchEvent(new Event((event as CustomEvent<string>).detail)),
          );
        }
        close() {}
      }
      Object.assign(globalThis, { EventSource: Told });
    });
    await bookExample(dashboard.service, 'told');
    await page.goto(dashboard.url('/accounts/told'));
    const tell = (what: string) =>
      page.evaluate((detail) => void dispatchEvent(new CustomEvent('tell', { detail })), what);
    const state = () => page.getAttribute('#fresh', 'data-state');
    const states: unknown[] = [];
    for (const what of ['changed', 'behind', 'changed', 'alive']) {
      await tell(what);
      states.push(await state());
    }
    expect(states).toEqual(['live', 'behind', 'behind', 'live']);
  });

  it('leads on to the entries just older than those it shows, also when these have come since', async () => {
    const main = 'growing';
    await bookExample(dashboard.service, main);
    const page = await dashboard.visit({ language: 'en', path: `/accounts/${main}/history` });
    await page.waitForSelector('#fresh[data-state=live]');
    expect(await page.locator('a[rel=next]').count()).toBe(0);
    for (let n = 0; n < 40; n++)
      await book(`/${main}/sip-accounts/${DESK}/add-credit`, { amount: '0.0001' }, `grow-${n}`);
    await page.waitForSelector(`#entry-${EXAMPLE_REVISIONS + 39}`);
    await page.click('a[rel=next]');
    await page.waitForURL(/before=/);
    expect(await page.locator('#entries tr').count()).toBe(EXAMPLE_REVISIONS + 40 - 50);
  });

  it('says when it is cut off, and shows what it missed when it is back', async () => {
    const page = await dashboard.visit({ language: 'en' });
    await page.goto(dashboard.url(`/accounts/${MAIN}`));
    await page.waitForSelector('#fresh[data-state=live]');
    await dashboard.service.stop();
    await page.waitForSelector(`#fresh[data-state=lost]:has-text("${en.fresh.lost}")`);
    await dashboard.start();
    await book(`/${MAIN}/sip-accounts/${DESK}/add-credit`, { amount: '1' }, 'while-away');
    await page.waitForSelector(`tr:has-text("${DESK}"):has-text("€14.2109")`);
    await page.waitForSelector('#fresh[data-state=live]');
  });

  it('holds no connection of a service that stops', async () => {
    const page = await dashboard.visit({ language: 'en' });
    await page.goto(dashboard.url(`/accounts/${MAIN}`));
    await page.waitForSelector('#fresh[data-state=live]');
    const asked = performance.now();
    expect(await dashboard.service.stop()).toBe(0);
    expect(performance.now() - asked).toBeLessThan(5000);
    await dashboard.start();
  });
});

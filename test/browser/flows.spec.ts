import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { en } from '../../src/dashboard/texts/en.js';
import { nl } from '../../src/dashboard/texts/nl.js';
import { inBrowser, SHOP } from '../support/dashboard.js';
import { bookExample, DESK, DOOR, HALL } from '../support/example.js';
import { KEY } from '../support/service.js';

const TEXTS = { en, nl };

/** What a page shows, with ordinary spaces. */
const textOf = async (page: Page, selector: string): Promise<string> =>
  (await page.locator(selector).innerText()).replaceAll('\u00a0', ' ');

const rowOf = (page: Page, account: string): Promise<string> => textOf(page, `tr:has-text("${account}")`);

/** Presses a button, and waits for the page that it leads to. */
const press = async (page: Page, selector: string): Promise<void> => {
  await Promise.all([page.waitForEvent('load'), page.click(selector)]);
};

const submit = (page: Page): Promise<void> => press(page, 'main form[method=post] button');

inBrowser('the dashboard', (dashboard) => {
  let accounts = 0;
  const newAccount = async (): Promise<string> => {
    const main = `customer-${++accounts}`;
    await bookExample(dashboard.service, main);
    return main;
  };

  const ways = (['en', 'nl'] as const).flatMap((language) =>
    [true, false].map((javaScriptEnabled) => ({ language, javaScriptEnabled })),
  );

  describe.each(ways)('in $language, script: $javaScriptEnabled', (way) => {
    const { language } = way;
    const t = TEXTS[language];
    const money = (amount: string) => (language === 'nl' ? `€ ${amount.replace('.', ',')}` : `€${amount}`);
    const typed = (amount: string) => (language === 'nl' ? amount.replace('.', ',') : amount);
    const visit = async (): Promise<{ page: Page; main: string; overview: string }> => {
      const main = await newAccount();
      const page = await dashboard.visit({ ...way, path: `/accounts/${main}` });
      return { page, main, overview: dashboard.url(`/accounts/${main}`) };
    };

    it('shows the totals and the rows of the portal', async () => {
      const { page } = await visit();
      expect(await textOf(page, '#totals')).toContain(money('61.3600'));
      expect(await textOf(page, '#totals')).toContain(money('48.8980'));
      expect(await rowOf(page, DESK)).toContain(money('12.2109'));
      expect(await rowOf(page, DOOR)).toContain(money('0.0000'));
    });

    it('adds credit, and the overview shows it at once', async () => {
      const { page } = await visit();
      await page.click(`[aria-label="${t.overview.add(DOOR)}"]`);
      expect(await textOf(page, '.figures')).toContain(money('61.3600'));
      await page.fill('#amount', typed('12.5'));
      await submit(page);
      expect(await rowOf(page, DOOR)).toContain(money('12.5000'));
      expect(await textOf(page, '#totals')).toContain(money('48.8600'));
      expect(await textOf(page, '.notice-done')).toContain(money('12.5000'));
    });

    it('fills in a quick amount, and all there is', async () => {
      const { page } = await visit();
      await page.click(`[aria-label="${t.overview.add(DOOR)}"]`);
      await page.click(`.chips a:has-text("10")`);
      expect(await page.inputValue('#amount')).toBe('10');
      await page.click(`.chips a:has-text("${t.add.all}")`);
      expect(await page.inputValue('#amount')).toBe(typed('61.36'));
      await submit(page);
      expect(await textOf(page, '#totals')).toContain(money('0.0000'));
    });

    it('says beside the field what is wrong with an amount, and keeps what was typed', async () => {
      const { page, overview } = await visit();
      await page.goto(`${overview}/sip-accounts/${DOOR}/add-credit`);
      for (const [amount, problem] of [
        ['100', t.problems['insufficient-credit'](money('61.3600'))],
        ['0', t.amountProblems['amount-not-positive']],
        [typed('1.23456'), t.amountProblems['amount-too-precise']],
        ['<b>"x', t.problems['amount-malformed']('EUR')],
      ] as const) {
        await page.fill('#amount', amount);
        await submit(page);
        expect(await textOf(page, '#amount-problem')).toBe(problem);
        expect(await page.inputValue('#amount')).toBe(amount);
        expect(await page.getAttribute('#amount', 'aria-describedby')).toContain('amount-problem');
        expect(await page.locator(`main a[href="${SHOP}"]`).count()).toBe(1);
      }
      // Corrected on the same page, it is booked.
      await page.fill('#amount', typed('1.5'));
      await submit(page);
      expect(await rowOf(page, DOOR)).toContain(money('1.5000'));
    });

    it('removes all credit after a confirmation that names it', async () => {
      const { page } = await visit();
      await page.click(`[aria-label="${t.overview.remove(DESK)}"]`);
      expect(await textOf(page, '.lead')).toBe(t.remove.intro(DESK, money('12.2109')));
      await submit(page);
      expect(await rowOf(page, DESK)).toContain(money('0.0000'));
      expect(await textOf(page, '#totals')).toContain(money('73.5709'));
      expect(await page.locator(`[aria-label="${t.overview.remove(DESK)}"]`).count()).toBe(0);
    });

    it('asks again when the amount has changed since it was shown', async () => {
      const { page, main, overview } = await visit();
      await page.goto(`${overview}/sip-accounts/${DESK}/remove-all-credit`);
      await dashboard.service.command(
        `/${main}/sip-accounts/${DESK}/add-credit`,
        { amount: '1' },
        'in-between',
      );
      await submit(page);
      expect(await textOf(page, '.notice-problem')).toBe(
        t.remove.changed(money('12.2109'), money('13.2109')),
      );
      await submit(page);
      expect(await rowOf(page, DESK)).toContain(money('0.0000'));
    });

    it('books once what is sent again from Back, and says so', async () => {
      const { page, overview } = await visit();
      await page.goto(`${overview}/sip-accounts/${DOOR}/add-credit`);
      await page.fill('#amount', '2');
      await submit(page);
      await page.goBack();
      await page.fill('#amount', '2');
      await submit(page);
      expect(await textOf(page, '.notice')).toContain(t.done.again);
      expect(await rowOf(page, DOOR)).toContain(money('2.0000'));
      expect(await textOf(page, '#totals')).toContain(money('59.3600'));
    });

    it('books once what a double click sends', async () => {
      const { page, overview } = await visit();
      await page.goto(`${overview}/sip-accounts/${DOOR}/add-credit`);
      await page.fill('#amount', '2');
      await page.dblclick('main form[method=post] button');
      // The second press may break off the way that the first one has begun, which `waitForURL` takes for a failure.
      while (!page.url().includes('done=')) await page.waitForTimeout(50);
      await page.waitForLoadState();
      expect(await rowOf(page, DOOR)).toContain(money('2.0000'));
      expect(await textOf(page, '#totals')).toContain(money('59.3600'));
    });

    it('books once what two tabs send from the same state', async () => {
      const { page, overview } = await visit();
      const other = await page.context().newPage();
      for (const tab of [page, other]) {
        await tab.goto(`${overview}/sip-accounts/${DOOR}/add-credit`);
        await tab.fill('#amount', '3');
      }
      await Promise.all([submit(page), submit(other)]);
      await Promise.all([page.waitForURL(/done=/), other.waitForURL(/done=/)]);
      await page.goto(overview);
      expect(await rowOf(page, DOOR)).toContain(money('3.0000'));
    });

    it('says what was booked when a spent form is sent with another amount', async () => {
      const { page, overview } = await visit();
      const other = await page.context().newPage();
      for (const tab of [page, other]) await tab.goto(`${overview}/sip-accounts/${DOOR}/add-credit`);
      await page.fill('#amount', '3');
      await submit(page);
      await other.fill('#amount', '4');
      await submit(other);
      expect(await textOf(other, '.notice-problem')).toBe(t.problems['key-reused']);
      expect(await other.inputValue('#amount')).toBe('4');
      // Meant after all: the page that says so carries a new key.
      await submit(other);
      expect(await rowOf(other, DOOR)).toContain(money('7.0000'));
    });

    it('finds out after a lost reply that it was booked', async () => {
      const { page, overview } = await visit();
      await page.goto(`${overview}/sip-accounts/${HALL}/remove-all-credit`);
      // The reply is lost on its way: the service has booked it, and the browser does not know.
      const lost = page.waitForEvent('requestfailed');
      await page.route('**/remove-all-credit?sent', async (route) => {
        await route.fetch({ maxRedirects: 0 });
        await route.abort('aborted');
      });
      await page.click('main form[method=post] button');
      await lost;
      await page.unroute('**/remove-all-credit?sent');
      await page.waitForSelector('main form[method=post] button:not([aria-disabled])');
      await submit(page);
      expect(await textOf(page, '.notice')).toContain(t.done.again);
      expect(await rowOf(page, HALL)).toContain(money('0.0000'));
      expect(await textOf(page, '#totals')).toContain(money('86.3600'));
    });

    it('adds a SIP account', async () => {
      const { page } = await visit();
      await page.click(`a:has-text("${t.overview.addSip}")`);
      await page.fill('#sipAccountId', 'no spaces');
      await submit(page);
      expect(await textOf(page, '#sipAccountId-problem')).toBe(t.addSip.invalid);
      await page.fill('#sipAccountId', DESK);
      await submit(page);
      expect(await textOf(page, '#sipAccountId-problem')).toBe(t.problems['sip-account-already-added']);
      await page.fill('#sipAccountId', 'attic~1');
      await submit(page);
      expect(await rowOf(page, 'attic~1')).toContain(money('0.0000'));
    });

    it('takes a hostile reference as text, on pages and in the download', async () => {
      const { page, main, overview } = await visit();
      const hostile = '=HYPERLINK("http://evil","x")<script>alert(1)</script>';
      await page.goto(`${overview}/purchase`);
      await page.fill('#amount', typed('0.0001'));
      await page.fill('#reference', hostile);
      await submit(page);
      expect(await textOf(page, '#totals')).toContain(money('61.3601'));
      await page.goto(`${overview}/history`);
      expect(await textOf(page, '#entries tr:first-child')).toContain(hostile);
      const csv = await (await page.request.get(`${overview}/history.csv`)).text();
      expect(csv).toContain(`"'=HYPERLINK(""http://evil"",""x"")<script>alert(1)</script>"`);
      expect(csv.split('\r\n')).toHaveLength(18);
      expect(csv).toContain(`,CreditPurchased,,0.0001,EUR,61.3601,48.8980,`);
      expect(main).toMatch(/^customer-/);
    });

    it('names a SIP account, and takes the name away again', async () => {
      const { page } = await visit();
      for (const name of ['Café <b>“Zoë”</b>', '']) {
        await press(page, `[aria-label="${t.overview.rename(DOOR)}"]`);
        await page.fill('#name', name);
        await submit(page);
        expect(await textOf(page, '.notice')).toBe(t.name.saved);
        expect(await textOf(page, `tr:has-text("${DOOR}") .name`)).toBe(name);
      }
    });

    it('finds an account by the name of a SIP account, and by its id', async () => {
      const { page, main, overview } = await visit();
      const name = `Zoë ${main}`;
      await page.goto(`${overview}/sip-accounts/${DOOR}/name`);
      await page.fill('#name', name);
      await submit(page);
      for (const query of [`zoe ${main}`, main]) {
        await page.goto(dashboard.url('/accounts'));
        await page.fill('#q', query);
        await press(page, 'form[role=search] button');
        expect(await textOf(page, 'tbody tr:first-child')).toContain(name);
      }
      await press(page, 'tbody tr:first-child a');
      expect(await page.locator('#rows tr').count()).toBe(1);
      expect(await rowOf(page, DOOR)).toContain(name);
      expect(await page.inputValue('#q')).toBe(main);
    });

    it('narrows the history down, and opens an entry', async () => {
      const { page, overview } = await visit();
      await page.goto(`${overview}/history`);
      expect(await page.locator('#entries tr').count()).toBe(15);
      await page.fill('#account', DESK);
      await page.selectOption('#kind', 'CreditAllocated');
      await press(page, '.filter button');
      expect(await page.locator('#entries tr').count()).toBe(2);
      await press(page, '#entries tr:first-child a');
      expect(await textOf(page, 'h1')).toContain(t.kinds.CreditAllocated);
      const code = await textOf(page, '.code');
      expect(code).toContain('example-15');
      expect(code).toMatch(/[0-9a-f]{64}/);
    });
  });

  it('keeps the language that was chosen', async () => {
    const page = await dashboard.visit({ language: 'en' });
    await press(page, 'button[lang=nl]');
    expect(await textOf(page, 'h1')).toBe(nl.accounts.title);
    await page.goto(dashboard.url('/accounts?q=none'));
    expect(await page.getAttribute('html', 'lang')).toBe('nl');
  });

  it('goes from signing in through adding, removing and looking up by keyboard alone', async () => {
    const main = await newAccount();
    const page = await dashboard.visit({ language: 'en' });
    await page.context().clearCookies();
    await page.goto(dashboard.url(`/sign-in?next=/accounts/${main}`));
    await page.locator('#key:focus').waitFor();
    await page.keyboard.type(KEY);
    await page.keyboard.press('Enter');
    await page.waitForURL(dashboard.url(`/accounts/${main}`));
    const pressTabUntil = async (label: string): Promise<void> => {
      for (let presses = 0; presses < 60; presses++) {
        await page.keyboard.press('Tab');
        const at = await page.evaluate(
          'document.activeElement.ariaLabel ?? document.activeElement.innerText',
        );
        if (at === label) return;
      }
      throw new Error(`Tab does not lead to ${label}`);
    };
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.innerText')).toBe(en.skipToContent);
    await page.keyboard.press('Enter');
    await pressTabUntil(en.overview.add(DOOR));
    await page.keyboard.press('Enter');
    await page.waitForURL(/add-credit/);
    await page.locator('input:focus').waitFor();
    await page.keyboard.type('4.25');
    await page.keyboard.press('Enter');
    await page.waitForURL(/done=/);
    expect(await rowOf(page, DOOR)).toContain('€4.2500');
    await pressTabUntil(en.overview.remove(DESK));
    await page.keyboard.press('Enter');
    await page.waitForURL(/remove-all-credit/);
    await pressTabUntil(en.remove.submit);
    await page.keyboard.press('Enter');
    await page.waitForURL(/done=/);
    expect(await rowOf(page, DESK)).toContain('€0.0000');
    await pressTabUntil(en.history);
    await page.keyboard.press('Enter');
    await page.waitForURL(/history$/);
    await pressTabUntil(await page.innerText('#entries tr:first-child a'));
    await page.keyboard.press('Enter');
    await page.waitForURL(/history\/16$/);
    expect(await textOf(page, 'h1')).toContain(en.kinds.CreditReclaimed);
  });
});

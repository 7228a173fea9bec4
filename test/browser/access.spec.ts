import { expect, it } from '@jest/globals';
import { en } from '../../src/dashboard/texts/en.js';
import { nl } from '../../src/dashboard/texts/nl.js';
import { inBrowser } from '../support/dashboard.js';
import { bookExample, MAIN } from '../support/example.js';
import { KEY } from '../support/service.js';

inBrowser('the way in', (dashboard) => {
  it('refuses a wrong key, says so beside the field, and shows no key', async () => {
    await bookExample(dashboard.service);
    const page = await dashboard.visit({ language: 'nl' });
    await page.context().clearCookies();
    await page.goto(dashboard.url(`/accounts/${MAIN}/history`));
    expect(page.url()).toContain('/sign-in?next=');
    await page.fill('#key', 'ledger_000000000000_wrong');
    await page.click('main button');
    expect(await page.innerText('#key-problem')).toBe(nl.signIn.refused);
    expect(await page.content()).not.toContain('_wrong');
    // Back to where one wanted to go.
    await page.fill('#key', KEY);
    await page.click('main button');
    await page.waitForURL(dashboard.url(`/accounts/${MAIN}/history`));
    const [session] = await page.context().cookies();
    expect(session).toMatchObject({ name: 'ledger_session', httpOnly: true, sameSite: 'Lax' });
  });

  it('lets a link in once', async () => {
    const made = await fetch(dashboard.url('/v1/api-keys/bootstrap/sign-in-links'), {
      method: 'POST',
      headers: { Authorization: `Bearer ${KEY}` },
    });
    const { path } = (await made.json()) as { path: string };
    const page = await dashboard.visit({ language: 'en' });
    await page.context().clearCookies();
    // Looking at the link, as mail programs do, does not use it up.
    await page.goto(dashboard.url(path));
    await page.goto(dashboard.url(path));
    await page.click('main button');
    await page.waitForURL(/\/accounts$/);
    await page.context().clearCookies();
    await page.goto(dashboard.url(path));
    await page.click('main button');
    expect(await page.innerText('.notice-problem')).toBe(en.signIn.linkSpent);
  });

  it('ends a session for good when somebody signs out', async () => {
    const page = await dashboard.visit({ language: 'en', key: await dashboard.keyOf('billing') });
    const cookies = await page.context().cookies();
    const session = cookies.find(({ name }) => name === 'ledger_session');
    await page.click(`button:has-text("${en.signOut}")`);
    await page.waitForURL(/sign-in/);
    const copied = { Cookie: `ledger_session=${session?.value}`, Accept: 'text/html' };
    const answer = await fetch(dashboard.url('/accounts'), { headers: copied, redirect: 'manual' });
    expect(answer.headers.get('Location')).toMatch(/^\/sign-in\?/);
  });
});

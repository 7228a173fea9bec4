import { expect, it } from '@jest/globals';
import { en } from '../../src/dashboard/texts/en.js';
import { nl } from '../../src/dashboard/texts/nl.js';
import { inBrowser } from '../support/dashboard.js';
import { bookExample, DESK, MAIN } from '../support/example.js';
import { KEY } from '../support/service.js';

inBrowser('the way in', (dashboard) => {
  const form = `/accounts/${MAIN}/sip-accounts/${DESK}/add-credit`;

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

  it('shows customers their own account, and no trace of another', async () => {
    const key = await dashboard.keyOf('customer', MAIN);
    await bookExample(dashboard.service, 'neighbour');
    const page = await dashboard.visit({ language: 'en', key });
    expect(page.url()).toBe(dashboard.url(`/accounts/${MAIN}`));
    for (const other of ['neighbour', 'nobody'])
      for (const path of ['', '/history', '/history.csv', '/history/1', '/live', '/add-sip-account'])
        expect((await page.request.get(dashboard.url(`/accounts/${other}${path}`))).status()).toBe(404);
    expect((await page.request.get(dashboard.url('/accounts'))).status()).toBe(403);
    expect((await page.request.get(dashboard.url(`/accounts/${MAIN}/purchase`))).status()).toBe(403);
  });

  it('shows auditors everything and lets them do nothing', async () => {
    const page = await dashboard.visit({ language: 'en', key: await dashboard.keyOf('auditor') });
    await page.goto(dashboard.url(`/accounts/${MAIN}`));
    expect(await page.locator('a.round, main a.button, a.quiet').count()).toBe(0);
    expect((await page.request.get(dashboard.url(form))).status()).toBe(403);
    expect((await page.request.post(dashboard.url(form), { form: { amount: '1' } })).status()).toBe(403);
  });

  it('takes no form of another site, and no cookie on the API', async () => {
    const page = await dashboard.visit({ language: 'en' });
    const [session] = await page.context().cookies(dashboard.service.url);
    const send = (path: string, headers: Record<string, string>) =>
      fetch(dashboard.url(path), {
        method: 'POST',
        headers: {
          Cookie: `${session?.name}=${session?.value}`,
          'Content-Type': 'application/x-www-form-urlencoded',
          ...headers,
        },
        body: `key=web-${'A'.repeat(43)}&amount=1`,
        redirect: 'manual',
      });
    expect((await send(form, { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
    expect((await send(form, { 'Sec-Fetch-Site': 'same-site' })).status).toBe(403);
    expect((await send(form, { Origin: 'https://evil.example' })).status).toBe(403);
    expect((await send(form, { Origin: 'null' })).status).toBe(403);
    expect((await send(form, { Origin: dashboard.service.url })).status).toBe(303);
    const api = `/v1/main-accounts/${MAIN}`;
    const headers = { Cookie: `${session?.name}=${session?.value}` };
    expect((await fetch(dashboard.url(api), { headers })).status).toBe(401);
    expect((await send(`${api}/purchases`, {})).status).toBe(415);
  });

  it('goes nowhere else after signing in, whatever the address says', async () => {
    for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example', '/%0d%0aX: y']) {
      const answer = await fetch(dashboard.url('/sign-in'), {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ key: KEY, next }).toString(),
        redirect: 'manual',
      });
      const to = new URL(answer.headers.get('Location') ?? '', dashboard.service.url);
      expect(to.origin).toBe(dashboard.service.url);
    }
  });
});

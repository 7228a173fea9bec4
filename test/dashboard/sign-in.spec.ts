import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { en } from '../../src/dashboard/texts/en.js';
import { nl } from '../../src/dashboard/texts/nl.js';
import { PageApp, textOf } from '../support/page-app.js';
import { KEY } from '../support/service.js';

let app: PageApp;
beforeAll(async () => {
  app = await PageApp.start();
  await app.funded('acme');
});
afterAll(() => app.close());

describe('whoever is signed in', () => {
  it('starts at the accounts that are theirs to see', async () => {
    const customer = await app.another('customer', 'acme');
    const starts = [await app.send('/'), await customer.send('/')];
    expect(starts.map(({ headers }) => headers.get('Location'))).toEqual(['/accounts', '/accounts/acme']);
  });

  it.each(['//evil.example', 'https://evil.example', '/\\evil.example', '/%0d%0aX: y'])(
    'goes to no other site after signing in, whatever the address says: %s',
    async (next) => {
      const { headers } = await app.send('/sign-in', { key: KEY, next });
      expect(new URL(headers.get('Location')!, app.api.url).origin).toBe(app.api.url);
    },
  );

  it('leaves no pages for Back, and is asked to sign in wherever they go', async () => {
    const visitor = await app.another('billing');
    const { headers } = await visitor.send('/sign-out', {});
    expect(headers.get('Clear-Site-Data')).toBe('"cache"');
    expect(textOf(await visitor.send(headers.get('Location')!))).toContain(en.signIn.signedOut);
    const away = await visitor.send('/accounts/acme/history?kind=CreditPurchased');
    const signIn = await visitor.send(away.headers.get('Location')!);
    expect(textOf(signIn)).toContain(en.signIn.expired);
    expect(signIn.text).toContain('value="/accounts/acme/history?kind=CreditPurchased"');
  });
});

it('a program without a session is told so, and no page to sign in', async () => {
  for (const path of ['/accounts/acme/history.csv', '/accounts/acme/live']) {
    const answer = await fetch(app.api.url + path, { redirect: 'manual' });
    expect([path, answer.status]).toEqual([path, 401]);
  }
});

describe('the language', () => {
  it('is kept for the pages that follow, and leads back to the page', async () => {
    const { headers } = await app.send('/language', { language: 'nl', path: '/accounts?q=a' });
    expect(headers.get('Location')).toBe('/accounts?q=a');
    expect(headers.get('Set-Cookie')).toMatch(
      /^ledger_language=nl; Path=\/; Max-Age=\d{8}; HttpOnly; SameSite=Lax$/,
    );
    expect(textOf(await app.send('/accounts', undefined, 'nl'))).toContain(nl.accounts.title);
  });

  it('is no other than there is, and leads to no other site', async () => {
    const { headers } = await app.send('/language', { language: 'nl; Domain=evil', path: '//evil.example' });
    expect([headers.get('Set-Cookie'), headers.get('Location')]).toEqual([null, '/']);
  });
});

it('a session is for https alone when the browser says that it came so', async () => {
  const cookieFrom = async (headers: Readonly<Record<string, string>>): Promise<string | null> => {
    const body = new URLSearchParams({ key: KEY });
    const answer = await fetch(`${app.api.url}/sign-in`, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
    });
    return answer.headers.get('Set-Cookie');
  };
  const { host } = new URL(app.api.url);
  expect(await cookieFrom({ Origin: `https://${host}` })).toMatch(/; Secure$/);
  expect(await cookieFrom({ Origin: `http://${host}` })).toMatch(/; SameSite=Lax$/);
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { en } from '../../src/dashboard/texts/en.js';
import { formOf, PageApp } from '../support/page-app.js';

let app: PageApp;
let form: Record<string, string>;
const page = '/accounts/acme/sip-accounts/desk/add-credit';
beforeAll(async () => {
  app = await PageApp.start();
  await app.funded('acme');
  form = { ...formOf(await app.send(page)), amount: '1' };
});
afterAll(() => app.close());

describe('a form that somebody’s browser sends', () => {
  it.each([
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { 'Sec-Fetch-Site': 'cross-site', Origin: 'ours' },
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
  ])('is not taken from another site: %j', async (headers) => {
    const answer = await app.send(page, form, undefined, own(headers));
    expect(answer.status).toBe(403);
    expect(answer.text).toContain(en.problems['foreign-form']);
  });

  it.each([
    {},
    { Origin: 'ours' },
    { 'Sec-Fetch-Site': 'same-origin' },
    // The browser itself sends it, as when a page is loaded again.
    { 'Sec-Fetch-Site': 'none' },
  ])('is taken from a page of ours: %j', async (headers) => {
    expect((await app.send(page, form, undefined, own(headers))).status).toBe(303);
  });

  /** Where the address of the service is not known yet. */
  const own = (headers: Readonly<Record<string, string>>): Record<string, string> => ({
    ...headers,
    ...(headers['Origin'] === 'ours' && { Origin: app.api.url }),
  });
});

describe('the API', () => {
  it('takes no session, so that no site can make a browser call it', async () => {
    const api = '/v1/main-accounts/acme';
    expect((await app.send(api)).problem).toBe('401 unauthenticated');
    expect((await app.send(`${api}/purchases`, { amount: '1', reference: 'invoice 3' })).status).toBe(415);
    const json = { 'Content-Type': 'application/json' };
    expect((await app.send(`${api}/purchases`, {}, undefined, json)).problem).toBe('401 unauthenticated');
  });
});

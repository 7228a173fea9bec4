import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PageApp } from '../support/page-app.js';

let app: PageApp;
beforeAll(async () => {
  app = await PageApp.start();
});
afterAll(() => app.close());

describe('HEAD of a page', () => {
  const head = (path: string, headers: Readonly<Record<string, string>>): Promise<Response> =>
    fetch(app.api.url + path, { method: 'HEAD', headers, redirect: 'manual' });

  it('is answered as its GET is, also when a link of another site asks for it', async () => {
    const answer = await head('/sign-in', { 'Sec-Fetch-Site': 'cross-site' });
    expect(answer.status).toBe(200);
  });

  it('leads whoever is not signed in to the way in, without a form that was not sent', async () => {
    const answer = await head('/accounts?after=a', { Accept: 'text/html' });
    expect([answer.status, answer.headers.get('Location')]).toEqual([
      303,
      '/sign-in?next=%2Faccounts%3Fafter%3Da',
    ]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { en } from '../../src/dashboard/texts/en.js';
import { nl } from '../../src/dashboard/texts/nl.js';
import { PageApp, textOf } from '../support/page-app.js';

let app: PageApp;
beforeAll(async () => {
  app = await PageApp.start();
});
afterAll(() => app.close());

describe('an address with no page', () => {
  it.each(['/nothing', '/accounts/acme/nothing', '/docs/nothing', '/v10', '/accounts/nobody'])(
    'is a page with a way back for a browser: %s',
    async (path) => {
      const answer = await app.send(path);
      expect([answer.status, answer.headers.get('Content-Type')]).toEqual([404, 'text/html; charset=utf-8']);
      expect(textOf(answer)).toContain(en.problems.notFoundTitle);
      expect(answer.text).toContain(`href="/">${en.problems.toStart}<`);
      expect(answer.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
    },
  );

  it('offers no other pages of an account that is not there', async () => {
    expect((await app.send('/accounts/nobody')).text).not.toMatch(/href="[^"]*nobody/);
  });

  it.each(['add-credit', 'remove-all-credit', 'name'])(
    'is that of a SIP account which is not there, and its form does nothing: %s',
    async (action) => {
      await app.funded(`only-desk-${action}`);
      const path = `/accounts/only-desk-${action}/sip-accounts/nobody/${action}`;
      const form = { key: `web-${'A'.repeat(43)}`, amount: '1', shown: '1.0000', name: 'Nobody' };
      for (const answer of [await app.send(path), await app.send(path, form)]) {
        expect(answer.status).toBe(404);
        expect(textOf(answer)).toContain(en.problems.notFoundTitle);
      }
    },
  );

  it('is in the language that was chosen, and offers the other one there', async () => {
    const answer = await app.send('/nothing', undefined, 'nl');
    expect(textOf(answer)).toContain(nl.problems.notFoundTitle);
    expect(answer.text).toContain('name="path" value="/nothing"');
  });

  it('is a page for whoever is not signed in, too, and for a form of an older release', async () => {
    const accept = { Accept: 'text/html,*/*;q=0.8' };
    for (const init of [
      { headers: accept },
      { method: 'POST', headers: accept, body: new URLSearchParams() },
    ]) {
      const answer = await fetch(`${app.api.url}/nothing`, init);
      expect([answer.status, answer.headers.get('Content-Type')]).toEqual([404, 'text/html; charset=utf-8']);
      expect(await answer.text()).not.toContain('/sign-out');
    }
  });

  it.each([
    ['/v1/nothing', 'text/html'],
    ['/v1', 'text/html'],
    ['/nothing', '*/*'],
    ['/nothing', 'application/json'],
  ])('is a problem document in the API and for programs: %s for %s', async (path, accept) => {
    const { problem } = await app.api.send(path, { headers: { Accept: accept } });
    expect(problem).toBe('404 not-found');
  });
});

/** What browsers ask with for a page, for a style sheet, and for a file that is downloaded. */
const [PAGE, STYLE, ANY] = ['text/html,application/xml;q=0.9,*/*;q=0.8', 'text/css,*/*;q=0.1', '*/*'];

describe('an address that leads nowhere in this way', () => {
  const NOWHERE = [
    ['of a form', '/sign-out', '405 method-not-allowed'],
    ['that is not written well', '/accounts/%zz', '400 invalid-request'],
    ['of a file of another release', '/assets/ledger.0123456789ab.css', '404 not-found'],
  ] as const;

  it.each(NOWHERE)('is a page with a way back for a browser: one %s', async (_, path, problem) => {
    const answer = await fetch(app.api.url + path, { headers: { Accept: PAGE, 'Accept-Language': 'nl' } });
    const text = await answer.text();
    expect(`${answer.status} ${answer.headers.get('Content-Type')}`).toBe(
      `${problem.slice(0, 3)} text/html; charset=utf-8`,
    );
    expect(text).toContain(nl.problems.notFoundTitle);
    expect(text).toContain(`href="/">${nl.problems.toStart}<`);
    expect(answer.headers.get('X-Correlation-Id')).toBeTruthy();
  });

  it.each([...NOWHERE, ['of the API', '/v1/%zz', '400 invalid-request'] as const])(
    'is a problem document for programs: one %s',
    async (_, path, problem) => {
      for (const accept of [STYLE, ANY, 'application/json', 'application/problem+json, text/html;q=0.9'])
        expect((await app.api.send(path, { headers: { Accept: accept } })).problem).toBe(problem);
    },
  );

  it('says which methods there are', async () => {
    const { headers } = await app.send('/sign-out');
    expect(headers.get('Allow')).toBe('POST');
  });

  it('is a problem document under /v1/, whoever asks', async () => {
    const { problem } = await app.api.send('/v1/%zz', { headers: { Accept: PAGE } });
    expect(problem).toBe('400 invalid-request');
  });
});

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

  it('is not one that is there for another method', async () => {
    const { problem } = await app.api.send('/sign-out', { headers: { Accept: 'text/html' } });
    expect(problem).toBe('405 method-not-allowed');
  });
});

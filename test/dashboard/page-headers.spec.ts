import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PageApp } from '../support/page-app.js';

let app: PageApp;
beforeAll(async () => {
  app = await PageApp.start();
  await app.funded('acme');
});
afterAll(() => app.close());

describe('an answer that is somebody’s own', () => {
  it.each(['/sign-in', '/accounts/acme', '/accounts/nobody', '/nothing'])(
    'is kept by no cache for others, framed by no other site, and its address told to none: %s',
    async (path) => {
      const { headers } = await app.send(path);
      expect(headers.get('Cache-Control')).toBe('private, no-cache');
      expect(headers.get('Vary')).toMatch(/Accept-Language.*Cookie/);
      expect(headers.get('Referrer-Policy')).toBe('same-origin');
      expect(headers.get('X-Frame-Options')).toBe('DENY');
      expect(headers.get('Content-Security-Policy')).toContain("frame-ancestors 'none'");
    },
  );

  it('is a file, and kept nowhere else, when it is downloaded', async () => {
    const { headers } = await app.send('/accounts/acme/history.csv');
    expect(headers.get('Cache-Control')).toBe('private, no-store');
    expect(headers.get('Content-Disposition')).toBe('attachment; filename="history-acme.csv"');
  });
});

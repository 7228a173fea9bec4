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

describe('whoever takes no gzip', () => {
  it('is sent none, as a page or as a file, and others are', async () => {
    const page = await app.send('/accounts/acme');
    const [, script = ''] = /<script type="module" src="([^"]*)"/.exec(page.text)!;
    for (const [path, part] of [
      ['/accounts/acme', '<html'],
      [script, 'EventSource'],
    ] as const)
      for (const encoding of ['identity', 'gzip']) {
        const { headers, text } = await app.send(path, undefined, undefined, { 'Accept-Encoding': encoding });
        const told = headers.get('Content-Encoding') ?? 'identity';
        expect([path, told, text.includes(part)]).toEqual([path, encoding, true]);
      }
  });
});

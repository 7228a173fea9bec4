import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { en } from '../../src/dashboard/texts/en.js';
import { JwksServer, signingKey, type SigningKey, token } from '../support/issuer.js';
import { KEY, Service, temporaryDirectory } from '../support/service.js';

describe('signing in to the dashboard with a token', () => {
  let key: SigningKey;
  let issuer: JwksServer;
  let service: Service;
  beforeAll(async () => {
    key = await signingKey('k1');
    issuer = await JwksServer.start(key);
    service = await Service.start(temporaryDirectory(), issuer.env);
  });
  afterAll(async () => {
    await service.stop();
    issuer.stop();
  });

  const signIn = (typed: string) =>
    fetch(`${service.url}/sign-in`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Accept-Language': 'en' },
      body: new URLSearchParams({ key: typed }).toString(),
      redirect: 'manual',
    });
  const sessionIn = (answer: Response) => {
    const [, cookie = '', seconds] =
      /^(\S+);.*Max-Age=(\d+)/.exec(answer.headers.get('Set-Cookie') ?? '') ?? [];
    return { cookie, seconds: Number(seconds) };
  };
  const open = (cookie: string, path: string) =>
    fetch(service.url + path, { headers: { Cookie: cookie, Accept: 'text/html' }, redirect: 'manual' });

  it('opens a session with the roles of the token, no longer than the API takes it', async () => {
    const answer = await signIn(await token(key, { roles: ['auditor'] }));
    expect([answer.status, answer.headers.get('Location')]).toEqual([303, '/accounts']);
    const { cookie, seconds } = sessionIn(answer);
    expect(seconds).toBeGreaterThan(40);
    expect(seconds).toBeLessThanOrEqual(65);
    expect((await open(cookie, '/accounts')).status).toBe(200);
    expect((await open(cookie, '/accounts/acme/purchase')).status).toBe(403);
  });

  it('keeps customers to their own account', async () => {
    const opened = await service.command('', { mainAccountId: 'acme', currency: 'EUR' }, 'open');
    await service.query('/acme', opened.headers.get('Ledger-Position') ?? '');
    const answer = await signIn(await token(key, { roles: ['customer'], main_account_id: 'acme' }));
    expect(answer.headers.get('Location')).toBe('/accounts/acme');
    const { cookie } = sessionIn(answer);
    expect((await open(cookie, '/accounts/acme')).status).toBe(200);
    const other = await open(cookie, '/accounts/other');
    expect(other.status).toBe(404);
    expect(await other.text()).toContain('<a href="/accounts/acme">');
  });

  it('ends the session when the API takes the token no longer', async () => {
    // Its clock may be off by 5 seconds.
    const { cookie } = sessionIn(await signIn(await token(key, { exp: Math.floor(Date.now() / 1000) - 2 })));
    expect((await open(cookie, '/accounts')).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 3100));
    expect((await open(cookie, '/accounts')).headers.get('Location')).toMatch(/^\/sign-in\?/);
  });

  it('refuses what the API refuses, and says so', async () => {
    const stranger = await signingKey('k1');
    for (const bad of [
      await token(stranger),
      await token(key, { exp: 1 }),
      await token(key, { aud: 'other' }),
    ]) {
      const answer = await signIn(bad);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('Set-Cookie')).toBeNull();
      const page = await answer.text();
      expect(page).toContain(en.signIn.refused);
      expect(page).toContain(en.signIn.keyOrToken);
      expect(page).not.toContain(bad);
    }
    expect((await signIn(KEY)).status).toBe(303);
  });
});

describe('while the issuer is away', () => {
  it('nobody is called a stranger', async () => {
    const issuer = await JwksServer.start();
    issuer.down = true;
    const service = await Service.start(temporaryDirectory(), issuer.env);
    const answer = await fetch(`${service.url}/sign-in`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Accept-Language': 'en' },
      body: new URLSearchParams({ key: await token(await signingKey('k1')) }).toString(),
      redirect: 'manual',
    });
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain(en.signIn.issuerAway);
    await service.stop();
    issuer.stop();
  });
});

describe('signing in', () => {
  it('counts as a request of whoever signs in', async () => {
    const service = await Service.start(temporaryDirectory(), { LEDGER_RATE_LIMIT: '2' });
    const signIn = () =>
      fetch(`${service.url}/sign-in`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Accept-Language': 'en' },
        body: new URLSearchParams({ key: KEY }).toString(),
        redirect: 'manual',
      });
    const answers = await Promise.all(Array.from({ length: 12 }, signIn));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(await refused[0]?.text()).toContain(en.signIn.tooMany);
    await service.stop();
  });

  it('with a link does not use it up when it is one too many', async () => {
    const service = await Service.start(temporaryDirectory(), { LEDGER_RATE_LIMIT: '1' });
    const made = await fetch(`${service.url}/v1/api-keys/bootstrap/sign-in-links`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${KEY}` },
    });
    const link = ((await made.json()) as { path: string }).path.replace(/.*=/, '');
    const signIn = async () => {
      const body = new URLSearchParams({ link });
      return (await fetch(`${service.url}/sign-in`, { method: 'POST', body, redirect: 'manual' })).status;
    };
    expect(await signIn()).toBe(429);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(await signIn()).toBe(303);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(await signIn()).toBe(401);
    await service.stop();
  });
});

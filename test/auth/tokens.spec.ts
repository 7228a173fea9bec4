import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CompactSign, SignJWT, UnsecuredJWT } from 'jose';
import { AuthGuard } from '../../src/auth/auth.guard.js';
import { Tokens } from '../../src/auth/tokens.js';
import { AuthApp } from '../support/auth-app.js';
import {
  AUDIENCE,
  ISSUER,
  JwksServer,
  pemOf,
  type SigningKey,
  signingKey,
  token,
} from '../support/issuer.js';
import { KEY } from '../support/service.js';

const now = (): number => Math.floor(Date.now() / 1000);

describe.each(['a public key', "the issuer's keys"])('tokens that are checked with %s', (means) => {
  let key: SigningKey;
  let jwks: JwksServer;
  let tokens: Tokens;
  beforeAll(async () => {
    key = await signingKey('one');
    jwks = await JwksServer.start(key, await signingKey('two'));
    const from =
      means === 'a public key'
        ? { jwksUrl: undefined, publicKey: await pemOf(key) }
        : { jwksUrl: jwks.env['LEDGER_JWT_JWKS_URL'], publicKey: undefined };
    tokens = new Tokens({ issuer: ISSUER, audience: AUDIENCE, ...from }, () => undefined);
  });
  afterAll(() => jwks.stop());

  it('say who it is and what it may do', async () => {
    expect(await tokens.verify(await token(key))).toEqual({
      id: 'jwt:service-7',
      roles: ['billing'],
      mainAccountId: undefined,
    });
  });

  it('are known at once when seen before', async () => {
    const seen = await token(key, { sub: 'again' });
    const principal = await tokens.verify(seen);
    expect(tokens.known(seen)).toBe(principal);
    expect(tokens.verify(seen)).toBe(principal);
  });

  it('are not known before they were looked at', async () => {
    expect(tokens.known(await token(key, { sub: 'new' }))).toBeUndefined();
  });

  it('are looked at again when their time is over', async () => {
    const seen = await token(key, { exp: now() + 30 });
    expect(await tokens.verify(seen)).toBeDefined();
    const later = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 36_000);
    expect(tokens.known(seen)).toBeUndefined();
    expect(tokens.verify(seen)).toBeInstanceOf(Promise);
    later.mockRestore();
  });

  it.each<[string, () => Record<string, unknown>]>([
    ['that are over', () => ({ exp: now() - 6 })],
    ['of another issuer', () => ({ iss: 'https://evil.example' })],
    ['for another audience', () => ({ aud: 'shop' })],
    ['without an end', () => ({ exp: undefined })],
    ['without an audience', () => ({ aud: undefined })],
    ['that are not yet good', () => ({ nbf: now() + 60 })],
    ['without a subject', () => ({ sub: undefined })],
    ['with an empty subject', () => ({ sub: '' })],
    ['with a subject of 129 characters', () => ({ sub: 'x'.repeat(129) })],
    ['with a subject of two lines', () => ({ sub: 'a\nb' })],
    ['of a customer without an account', () => ({ roles: ['customer'] })],
    ['of a customer with other roles', () => ({ roles: ['customer', 'billing'], main_account_id: 'acme' })],
    ['of a customer of what is no account', () => ({ roles: ['customer'], main_account_id: '../x' })],
  ])('%s are refused', async (_, claims) => {
    expect(await tokens.verify(await token(key, claims()))).toBeUndefined();
  });

  it('may be off by 5 seconds', async () => {
    expect(await tokens.verify(await token(key, { exp: now() - 3 }))).toBeDefined();
  });

  it.each<[unknown, readonly string[]]>([
    [
      ['auditor', 'billing'],
      ['billing', 'auditor'],
    ],
    ['billing operator', ['billing', 'operator']],
    [['offline_access', 'billing', 7], ['billing']],
    [['admin'], []],
    [undefined, []],
    [{ billing: true }, []],
  ])('with the roles %j allow %j', async (roles, allowed) => {
    expect((await tokens.verify(await token(key, { roles })))?.roles).toEqual(allowed);
  });

  it('tie a customer to one account', async () => {
    const claims = { roles: 'customer', main_account_id: 'acme' };
    expect(await tokens.verify(await token(key, claims))).toMatchObject({ mainAccountId: 'acme' });
    const staff = await tokens.verify(await token(key, { ...claims, roles: 'auditor' }));
    expect(staff).toMatchObject({ roles: ['auditor'], mainAccountId: undefined });
  });

  it('that nobody signed are refused', async () => {
    const claims = { iss: ISSUER, aud: AUDIENCE, sub: 'me', exp: now() + 60, roles: ['operator'] };
    expect(await tokens.verify(new UnsecuredJWT(claims).encode())).toBeUndefined();
  });

  it('signed with the public key as an HMAC secret are refused', async () => {
    const claims = { iss: ISSUER, aud: AUDIENCE, sub: 'me', exp: now() + 60, roles: ['operator'] };
    const secret = new TextEncoder().encode(await pemOf(key));
    const forged = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(secret);
    expect(await tokens.verify(forged)).toBeUndefined();
  });

  it('signed with another key are refused', async () => {
    expect(await tokens.verify(await token(await signingKey('one')))).toBeUndefined();
  });

  it('of which one part was changed are refused', async () => {
    const [header, , signature] = (await token(key)).split('.');
    const [, claims] = (await token(key, { roles: ['operator'] })).split('.');
    expect(await tokens.verify(`${header}.${claims}.${signature}`)).toBeUndefined();
  });

  it.each(['ES384', 'ES512', 'RS256', 'EdDSA'])(
    'signed as %s, which the key is not for, are refused',
    async (alg) => {
      const [, claims] = (await token(key)).split('.');
      const header = Buffer.from(JSON.stringify({ alg })).toString('base64url');
      const signature = Buffer.alloc(64).toString('base64url');
      expect(await tokens.verify(`${header}.${claims}.${signature}`)).toBeUndefined();
    },
  );

  it('of which nothing can be made are refused', async () => {
    const sign = (payload: string, header: object = {}) =>
      new CompactSign(Buffer.from(payload))
        .setProtectedHeader({ alg: key.algorithm, kid: key.kid, ...header })
        .sign(key.privateKey);
    expect(await tokens.verify(await sign('me'))).toBeUndefined();
    const [, claims, signature] = (await token(key)).split('.');
    const header = JSON.stringify({ alg: key.algorithm, kid: key.kid, crit: ['must'], must: true });
    const critical = `${Buffer.from(header).toString('base64url')}.${claims}.${signature}`;
    expect(await tokens.verify(critical)).toBeUndefined();
  });

  it('longer than 8192 characters are refused, however good', async () => {
    const long = await token(key, { note: 'x'.repeat(5800) });
    expect(await tokens.verify(long)).toBeDefined();
    expect(await tokens.verify(await token(key, { note: 'x'.repeat(6000) }))).toBeUndefined();
  });
});

describe('over HTTP', () => {
  let key: SigningKey;
  let jwks: JwksServer;
  let app: AuthApp;
  beforeAll(async () => {
    key = await signingKey('one');
    jwks = await JwksServer.start(key);
    app = await AuthApp.start(jwks.env);
  });
  afterAll(async () => {
    jwks.stop();
    await app.close();
  });

  it('is known at once who has come with a token before', async () => {
    const guard = app.app.get(AuthGuard);
    const header = `Bearer ${await token(key, { sub: 'regular' })}`;
    expect(guard.knownAtOnce(header)).toBeUndefined();
    await app.send('POST', '/probe/billing', header);
    expect(guard.knownAtOnce(header)).toMatchObject({ id: 'jwt:regular' });
    expect(guard.knownAtOnce(`Bearer ${KEY}`)).toMatchObject({ id: 'key:bootstrap' });
    expect(guard.knownAtOnce(undefined)).toBeUndefined();
  });

  it('answers 503 with Retry-After while it cannot tell, and counts that against the address', async () => {
    const away = await JwksServer.start();
    away.down = true;
    const limited = await AuthApp.start({ ...away.env, LEDGER_RATE_LIMIT: '1' });
    const forged = (await token(key)).slice(0, -4);
    const { status, headers, body } = await limited.send('POST', '/probe/billing', `${forged}AAAA`);
    expect(status).toBe(503);
    expect(headers.get('Retry-After')).toBe('5');
    expect(body['code']).toBe('issuer-unavailable');
    const others = await Promise.all(
      ['BBBB', 'CCCC', 'DDDD'].map((end) => limited.send('POST', '/probe/billing', forged + end)),
    );
    expect(others.map((answer) => answer.status)).toContain(429);
    expect(away.requests).toBe(1);
    away.stop();
    await limited.close();
  });

  it('lets a token in beside an API key', async () => {
    expect((await app.send('POST', '/probe/billing', await token(key))).body).toEqual({
      id: 'jwt:service-7',
    });
    expect((await app.send('POST', '/probe/billing')).body).toEqual({ id: 'key:bootstrap' });
  });

  it('refuses a token that is over', async () => {
    const { status, headers } = await app.send(
      'POST',
      '/probe/billing',
      await token(key, { exp: now() - 60 }),
    );
    expect(status).toBe(401);
    expect(headers.get('WWW-Authenticate')).toContain('invalid_token');
  });

  it("shows a customer's token its own account alone", async () => {
    const customer = await token(key, { roles: ['customer'], main_account_id: 'acme' });
    expect((await app.send('GET', '/probe/accounts/acme', customer)).status).toBe(200);
    expect((await app.send('GET', '/probe/accounts/other', customer)).status).toBe(404);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { closedRoutes } from '../../src/auth/closed-routes.js';
import { AuthApp } from '../support/auth-app.js';
import { KEY } from '../support/service.js';

describe('the guard', () => {
  let app: AuthApp;
  beforeAll(async () => {
    app = await AuthApp.start();
  });
  afterAll(() => app.close());

  it('lets everybody through to a public route', async () => {
    expect((await app.send('GET', '/probe/public', '')).status).toBe(200);
  });

  it('asks for credentials', async () => {
    const { status, headers, body } = await app.send('POST', '/probe/billing', '');
    expect(status).toBe(401);
    expect(headers.get('WWW-Authenticate')).toBe('Bearer realm="ledger"');
    expect(headers.get('Content-Type')).toContain('application/problem+json');
    expect(body['code']).toBe('unauthenticated');
  });

  it.each([
    'Bearer',
    'Bearer ',
    `Basic ${KEY}`,
    KEY.slice(0, -1),
    `${KEY}x`,
    `Bearer ${KEY} x`,
    'ledger_000000000000_AAAA',
    'a.b.c',
    'ledger_',
  ])('refuses %j as credentials', async (credentials) => {
    const header = credentials.startsWith('Bearer') ? credentials.padEnd(8) : credentials;
    const { status, headers } = await app.send('POST', '/probe/billing', header);
    expect(status).toBe(401);
    expect(headers.get('WWW-Authenticate')).toContain('error="invalid_token"');
  });

  it.each([` ${KEY}`, `Basic ${KEY}`, 'Bearer '])(
    'says how credentials are sent to who sends %j',
    async (header) => {
      const { body } = await app.send('POST', '/probe/billing', header);
      expect(body['detail']).toBe('Send an API key or a token as Authorization: Bearer …');
    },
  );

  it('lets a role through, and says who it is', async () => {
    const { status, body } = await app.send('POST', '/probe/billing');
    expect(status).toBe(201);
    expect(body).toEqual({ id: 'key:bootstrap' });
  });

  it.each([`bearer ${KEY}`, `BEARER  ${KEY}`])(
    'takes credentials as HTTP lets them be sent: %s',
    async (sent) => {
      expect((await app.send('POST', '/probe/billing', sent)).status).toBe(201);
    },
  );

  it('says which role is missing', async () => {
    const auditor = await app.key(['auditor']);
    const { status, body } = await app.send('POST', '/probe/billing', auditor);
    expect(status).toBe(403);
    expect(body).toMatchObject({ code: 'forbidden', detail: 'This needs the role billing' });
  });

  it('closes a route that does not say who may use it, to every role', async () => {
    expect((await app.send('GET', '/probe/forgotten')).status).toBe(403);
    expect((await app.send('GET', '/probe/forgotten', '')).status).toBe(401);
  });

  it('closes a route that names its roles in a class that is public', async () => {
    expect((await app.send('GET', '/mixed/open', '')).status).toBe(200);
    expect((await app.send('GET', '/mixed/closed', '')).status).toBe(401);
  });

  it('closes a route that names its roles and is public itself', async () => {
    expect((await app.send('GET', '/mixed/both', '')).status).toBe(401);
    expect((await app.send('GET', '/mixed/both')).status).toBe(200);
  });

  it('asks for the role that a class names, also where another class has the same handler', async () => {
    const auditor = await app.key(['auditor']);
    expect((await app.send('GET', '/auditors/shared', auditor)).status).toBe(200);
    expect((await app.send('GET', '/billers/shared', auditor)).status).toBe(403);
  });

  it('names a route that does not say who may use it', () => {
    const { app: nest } = app;
    expect(closedRoutes(nest.get(DiscoveryService), nest.get(MetadataScanner), nest.get(Reflector))).toEqual([
      'ProbeController.forgotten',
    ]);
  });

  describe('before a customer', () => {
    let customer: string;
    beforeAll(async () => {
      customer = await app.key(['customer'], 'acme');
    });

    it('opens the own account', async () => {
      expect((await app.send('GET', '/probe/accounts/acme', customer)).status).toBe(200);
    });

    it.each(['other', 'ACME', 'acme%20', 'acme%00'])('hides the account %j', async (id) => {
      const { status, body } = await app.send('GET', `/probe/accounts/${id}`, customer);
      expect(status).toBe(404);
      expect(body['code']).toBe('main-account-not-found');
    });

    it('closes a route that shows more than one account', async () => {
      expect((await app.send('GET', '/probe/accounts', customer)).status).toBe(403);
    });

    it('closes a route that does not name customers', async () => {
      expect((await app.send('POST', '/probe/billing', customer)).status).toBe(403);
    });
  });
});

describe('the rate limit', () => {
  it('answers 429 with the time to wait, a sender at a time', async () => {
    const app = await AuthApp.start({ LEDGER_RATE_LIMIT: '3' });
    const other = await app.key(['billing']);
    const answers = await Promise.all([1, 2, 3, 4].map(() => app.send('POST', '/probe/billing')));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.headers.get('Retry-After')).toBe('1');
    expect(refused[0]?.body['code']).toBe('too-many-requests');
    expect((await app.send('POST', '/probe/billing', other)).status).toBe(201);
    await app.close();
  });

  it('counts bad credentials against their address', async () => {
    const app = await AuthApp.start({ LEDGER_RATE_LIMIT: '2' });
    const statuses: number[] = [];
    for (const guess of ['aaaa', 'bbbb', 'cccc', 'dddd'])
      statuses.push((await app.send('POST', '/probe/billing', guess)).status);
    expect(statuses).toContain(429);
    expect((await app.send('POST', '/probe/billing')).status).toBe(201);
    await app.close();
  });
});

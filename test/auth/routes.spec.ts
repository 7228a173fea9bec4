import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DiscoveryService, MetadataScanner, NestFactory, Reflector } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serveDirectly } from '../../src/api/direct-routes.js';
import { configureHttp, fastifyAdapter } from '../../src/api/http.js';
import { AppModule } from '../../src/app.module.js';
import { ApiKeys } from '../../src/auth/api-keys.js';
import { type Role, ROLES } from '../../src/auth/principal.js';
import { Sessions } from '../../src/auth/sessions.js';
import { closedRoutes } from '../../src/auth/closed-routes.js';
import { loadConfig } from '../../src/config/config.js';
import { createLogger } from '../../src/operations/logger.js';
import { Metrics } from '../../src/operations/metrics.js';
import { AUDIENCE, ISSUER, pemOf, type SigningKey, signingKey, token } from '../support/issuer.js';
import { KEY, ROOT, temporaryDirectory } from '../support/service.js';

/** What everybody may use: probes, figures, documents, and the way to sign in. All else needs a role. */
const PUBLIC: ReadonlySet<string> = new Set([
  'GET /health/live',
  'GET /health/ready',
  'GET /metrics',
  'GET /openapi.json',
  'GET /docs',
  'GET /docs/problems',
  'GET /docs/start.js',
  'GET /docs/swagger-ui.css',
  'GET /docs/swagger-ui-bundle.js',
  'GET /docs/favicon-32x32.png',
  'GET /',
  'GET /assets/:name',
  'GET /sign-in',
  'POST /sign-in',
  'GET /sign-in/:token',
  'POST /sign-in/:token',
  'POST /sign-out',
  'POST /language',
]);

interface Route {
  readonly method: string;
  readonly url: string;
}

describe('every route of the service', () => {
  const routes: Route[] = [];
  let app: NestFastifyApplication;
  let url: string;
  let nobody: string;
  let signer: SigningKey;

  beforeAll(async () => {
    signer = await signingKey('one');
    const config = loadConfig({
      LEDGER_DATA_DIR: temporaryDirectory(),
      LEDGER_BOOTSTRAP_KEY: KEY,
      LEDGER_JWT_ISSUER: ISSUER,
      LEDGER_JWT_AUDIENCE: AUDIENCE,
      LEDGER_JWT_PUBLIC_KEY: await pemOf(signer),
    });
    const adapter = fastifyAdapter();
    adapter.getInstance().addHook('onRoute', (route) => {
      for (const method of [route.method].flat()) routes.push({ method, url: route.url });
    });
    const log = createLogger({ logLevel: 'silent' });
    const root = AppModule.forRoot(config, log, new Metrics());
    app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
      logger: false,
      abortOnError: false,
    });
    configureHttp(app);
    serveDirectly(app);
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
    nobody = app.get(ApiKeys).create({ name: 'nobody', roles: [] }).key;
  });
  afterAll(() => app.close());

  const closed = (): Route[] =>
    routes.filter(({ method, url: path }) => method !== 'HEAD' && !PUBLIC.has(`${method} ${path}`));

  const keyOf = (role: Role): string =>
    app.get(ApiKeys).create({ name: role, roles: [role], ...(role === 'customer' && { mainAccountId: 'x' }) })
      .key;

  const ask = ({ method, url: path }: Route, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(url + path.replace(/:\w+/g, 'x'), { method, redirect: 'manual', headers });

  it('is found', () => {
    expect(closed()).toContainEqual({ method: 'POST', url: '/v1/main-accounts' });
    expect(closed().length).toBeGreaterThan(10);
  });

  it('says who may use it, and what is no route is not named beside them', () => {
    const discovery = app.get(DiscoveryService, { strict: false });
    expect(closedRoutes(discovery, app.get(MetadataScanner), app.get(Reflector))).toEqual([]);
  });

  it('is closed without credentials, unless it is meant to be open', async () => {
    for (const route of closed().filter(isApi)) {
      const answer = await ask(route);
      expect([route, answer.status, answer.headers.get('WWW-Authenticate')]).toEqual([
        route,
        401,
        'Bearer realm="ledger"',
      ]);
    }
  });

  it('is closed with a wrong key or token', async () => {
    const stranger = await signingKey('one');
    for (const wrong of ['wrong-key-wrong-key', await token(stranger), await token(signer, { exp: 1 })])
      for (const route of closed().filter(isApi))
        expect([route, (await ask(route, { authorization: `Bearer ${wrong}` })).status]).toEqual([
          route,
          401,
        ]);
  });

  it('of the API is closed to the cookie of a session: no other site can make a browser use it', async () => {
    const [cookie = ''] = app.get(Sessions).open(app.get(ApiKeys).verify(KEY)!, false).split(';');
    const page = await fetch(`${url}/accounts`, { headers: { cookie }, redirect: 'manual' });
    expect(page.status).toBe(200);
    for (const route of closed().filter(isApi))
      expect([route, (await ask(route, { cookie })).status]).toEqual([route, 401]);
  });

  it('is closed to a key or a token without a role', async () => {
    for (const powerless of [nobody, await token(signer, { roles: [] })])
      for (const route of closed().filter(isApi))
        expect([route, (await ask(route, { authorization: `Bearer ${powerless}` })).status]).toEqual([
          route,
          403,
        ]);
  });

  it('is open to the roles that docs/reference/routes.md names, and to no other', async () => {
    const page = readFileSync(join(ROOT, 'docs/reference/routes.md'), 'utf8');
    const listed = [...page.matchAll(/^\| `(\w+) (\S+)` +\| ([\w, ]+?) +\|/gm)].map(
      ([, method = '', path = '', roles = '']) => ({ method, path: path.replace(/\{\w+\}/g, ':id'), roles }),
    );
    const found = closed()
      .filter(isApi)
      .map(({ method, url: path }) => `${method} ${path.replace(/:\w+/g, ':id')}`);
    expect(listed.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(found.toSorted());
    for (const role of ROLES) {
      const key = keyOf(role);
      for (const { method, path, roles } of listed) {
        const { status } = await ask({ method, url: path }, { authorization: `Bearer ${key}` });
        expect([role, method, path, status !== 403]).toEqual([
          role,
          method,
          path,
          roles.split(', ').includes(role),
        ]);
      }
    }
  });

  it('shows no page to somebody who is not signed in', async () => {
    for (const route of closed().filter((other) => !isApi(other)))
      for (const headers of [{}, { authorization: `Bearer ${KEY}` }])
        expect([route, (await ask(route, headers)).ok]).toEqual([route, false]);
  });
});

const isApi = ({ url }: Route): boolean => url.startsWith('/v1/');

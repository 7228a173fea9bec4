import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiKeysFile } from '../../src/auth/api-keys-file.js';
import { ApiKeys, LastOperatorKey } from '../../src/auth/api-keys.js';
import { AuthApp } from '../support/auth-app.js';
import { KEY, temporaryDirectory } from '../support/service.js';

describe('the routes for API keys', () => {
  let app: AuthApp;
  beforeAll(async () => {
    app = await AuthApp.start();
  });
  afterAll(() => app.close());

  it('make a key, show it once, and revoke it', async () => {
    const made = await app.send('POST', '/v1/api-keys', KEY, { name: 'invoices', roles: ['billing'] });
    expect(made.status).toBe(201);
    expect(made.headers.get('Cache-Control')).toBe('no-store');
    const { key, ...about } = made.body;
    const id = String(about['id']);
    expect((await app.send('POST', '/probe/billing', String(key))).body).toEqual({
      id: `key:${id}`,
    });

    const listed = await app.send('GET', '/v1/api-keys');
    expect(listed.body['apiKeys']).toContainEqual(about);
    expect(JSON.stringify(listed.body)).not.toMatch(/hash|ledger_/);

    expect((await app.send('DELETE', `/v1/api-keys/${id}`)).status).toBe(204);
    expect((await app.send('POST', '/probe/billing', String(key))).status).toBe(401);
    expect((await app.send('DELETE', `/v1/api-keys/${id}`)).status).toBe(404);
  });

  it('are for operators', async () => {
    const billing = await app.key(['billing', 'auditor']);
    for (const [method, path] of [
      ['GET', '/v1/api-keys'],
      ['POST', '/v1/api-keys'],
      ['DELETE', '/v1/api-keys/000000000000'],
    ] as const)
      expect((await app.send(method, path, billing)).status).toBe(403);
  });

  it.each([
    ['POST', '', 'make none'],
    ['DELETE', '/:id', 'revoke none'],
  ])('on a full disk say so, and leave all as it was: %s %s', async (method, place) => {
    await app.key(['billing']);
    const { body } = await app.send('GET', '/v1/api-keys');
    const [{ id }] = body['apiKeys'] as [{ id: string }];
    const file = join(app.dataDir, 'api-keys.json');
    const before = readFileSync(file, 'utf8');
    const fresh = `${file}.new`;
    symlinkSync('/dev/full', fresh);
    const answer = await app.send(method, `/v1/api-keys${place.replace(':id', id)}`, KEY, {
      name: 'one too many',
      roles: ['auditor'],
    });
    expect(answer).toMatchObject({
      status: 503,
      body: {
        code: 'store-unavailable',
        detail: expect.stringMatching(/^The disk is full, so all is as it was/),
      },
    });
    expect(JSON.stringify(answer.body)).not.toContain(app.dataDir);
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(readdirSync(app.dataDir)).not.toContain('api-keys.json.new');
    expect((await app.send('GET', '/v1/api-keys')).body).toEqual(body);
  });

  it.each([
    ['roles', { name: 'x' }],
    ['roles', { name: 'x', roles: [] }],
    ['roles', { name: 'x', roles: ['admin'] }],
    ['roles', { name: 'x', roles: 'billing' }],
    ['roles', { name: 'x', roles: ['billing', 'billing'] }],
    ['name', { name: '', roles: ['billing'] }],
    ['name', { name: 'a\nb', roles: ['billing'] }],
    ['name', { name: 'x'.repeat(65), roles: ['billing'] }],
    ['mainAccountId', { name: 'x', roles: ['customer'] }],
    ['mainAccountId', { name: 'x', roles: ['customer'], mainAccountId: null }],
    ['mainAccountId', { name: 'x', roles: ['billing'], mainAccountId: 'acme' }],
    ['roles', { name: 'x', roles: ['customer', 'billing'], mainAccountId: 'acme' }],
    ['mainAccountId', { name: 'x', roles: ['customer'], mainAccountId: 'a/b' }],
    ['hash', { name: 'x', roles: ['billing'], hash: 'mine' }],
  ])('refuse, for its %s, %j', async (field, body) => {
    const { status, body: problem } = await app.send('POST', '/v1/api-keys', KEY, body);
    expect(status).toBe(400);
    expect(problem).toMatchObject({ code: 'invalid-request', errors: [{ field }] });
  });

  it('say once what the roles may be', async () => {
    const { body } = await app.send('POST', '/v1/api-keys', KEY, { name: 'x' });
    expect(body['detail']).toBe(
      'roles must be a list of one or more of billing, auditor, customer, operator, none of them twice',
    );
  });

  it('keep the last operator key when there is no bootstrap key', async () => {
    const dataDir = temporaryDirectory();
    const keys = new ApiKeys(new ApiKeysFile(dataDir), undefined, false, () => undefined);
    const { key, apiKey } = keys.create({ name: 'me', roles: ['operator'] });
    const alone = await AuthApp.start({ LEDGER_DATA_DIR: dataDir, LEDGER_BOOTSTRAP_KEY: '' });
    const { status, body } = await alone.send('DELETE', `/v1/api-keys/${apiKey.id}`, key);
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'conflict', detail: new LastOperatorKey().message });
    await alone.close();
  });
});

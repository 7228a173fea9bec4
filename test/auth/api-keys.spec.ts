import {
  chmodSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiKeysFile } from '../../src/auth/api-keys-file.js';
import { ApiKeys, LastOperatorKey } from '../../src/auth/api-keys.js';
import { AuthApp } from '../support/auth-app.js';
import { KEY, temporaryDirectory } from '../support/service.js';

const warnings: string[] = [];
const open = (dataDir: string, bootstrapKey?: string, otherWaysIn = false): ApiKeys =>
  new ApiKeys(new ApiKeysFile(dataDir), bootstrapKey, otherWaysIn, (message) => warnings.push(message));
/** The first key that they make, if any. */
function firstOf(keys: ApiKeys): string | undefined {
  let first: string | undefined;
  keys.makeFirst((key) => (first = key));
  return first;
}
const pathIn = (dataDir: string): string => join(dataDir, 'api-keys.json');

describe('API keys', () => {
  it('make one first key with every role when there is no other way in', () => {
    const keys = open(temporaryDirectory());
    const first = firstOf(keys);
    expect(first).toMatch(/^ledger_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$/);
    expect(keys.verify(first ?? '')?.roles).toEqual(['billing', 'auditor', 'operator']);
    expect(firstOf(keys)).toBeUndefined();
  });

  it('make no first key beside a bootstrap key, tokens or a key that is there', () => {
    const dataDir = temporaryDirectory();
    expect(firstOf(open(dataDir, KEY))).toBeUndefined();
    expect(firstOf(open(dataDir, undefined, true))).toBeUndefined();
    expect(readdirSync(dataDir)).toEqual([]);
    firstOf(open(dataDir));
    expect(firstOf(open(dataDir))).toBeUndefined();
  });

  it('are known after a restart, until they are revoked', () => {
    const dataDir = temporaryDirectory();
    const { key, apiKey } = open(dataDir, KEY).create({ name: 'invoices', roles: ['billing'] });
    expect(open(dataDir).verify(key)).toEqual({
      id: `key:${apiKey.id}`,
      roles: ['billing'],
      mainAccountId: undefined,
    });
    expect(open(dataDir).revoke(apiKey.id)).toBe(true);
    expect(open(dataDir).verify(key)).toBeUndefined();
    expect(open(dataDir).revoke(apiKey.id)).toBe(false);
  });

  it('are nowhere in their file, which its owner alone can read', () => {
    const dataDir = temporaryDirectory();
    const { key } = open(dataDir).create({ name: 'invoices', roles: ['billing'] });
    const text = readFileSync(pathIn(dataDir), 'utf8');
    expect(text).not.toContain(key.slice(20));
    expect(statSync(pathIn(dataDir)).mode & 0o777).toBe(0o600);
    expect(readdirSync(dataDir)).toEqual(['api-keys.json']);
  });

  it('of which one character is wrong are refused', () => {
    const keys = open(temporaryDirectory());
    const { key } = keys.create({ name: 'invoices', roles: ['billing'] });
    for (let at = 0; at < key.length; at++) {
      const other = key[at] === 'A' ? 'B' : 'A';
      expect(keys.verify(key.slice(0, at) + other + key.slice(at + 1))).toBeUndefined();
    }
  });

  it('keep the last operator key, unless there is another way in', () => {
    const dataDir = temporaryDirectory();
    const keys = open(dataDir);
    const id = keys.create({ name: 'me', roles: ['operator'] }).apiKey.id;
    keys.create({ name: 'invoices', roles: ['billing'] });
    expect(() => keys.revoke(id)).toThrow(LastOperatorKey);
    expect(open(dataDir, KEY).revoke(id)).toBe(true);
  });

  it('close a file that was open to others, and say so', () => {
    const dataDir = temporaryDirectory();
    const { key } = open(dataDir).create({ name: 'invoices', roles: ['billing'] });
    chmodSync(pathIn(dataDir), 0o644);
    expect(open(dataDir).verify(key)).toBeDefined();
    expect(statSync(pathIn(dataDir)).mode & 0o777).toBe(0o600);
    expect(warnings.at(-1)).toContain('was open to other users (mode 644)');
  });

  it.each([
    '',
    '{',
    '[]',
    'null',
    '{"format":2,"keys":[]}',
    '{"format":1,"keys":[{"id":"x"}]}',
    '{"format":1}',
  ])('refuse to start from a damaged file: %j', (text) => {
    const dataDir = temporaryDirectory();
    writeFileSync(pathIn(dataDir), text, { mode: 0o600 });
    expect(() => open(dataDir, KEY)).toThrow(/api-keys\.json is damaged\. Put back a copy/);
    expect(readFileSync(pathIn(dataDir), 'utf8')).toBe(text);
  });

  it('never write a file that the next start would call damaged', () => {
    const dataDir = temporaryDirectory();
    expect(() => open(dataDir).create({ name: 'x', roles: ['customer'] })).toThrow(/would be damaged/);
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('say when their file cannot be written, and then know no such key', () => {
    const dataDir = temporaryDirectory();
    const keys = open(dataDir);
    rmdirSync(dataDir);
    writeFileSync(dataDir, 'no directory any more');
    expect(() => keys.create({ name: 'x', roles: ['billing'] })).toThrow(/cannot be written/);
    expect(keys.list()).toEqual([]);
  });
});

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
    const file = pathIn(app.dataDir);
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
    expect(readdirSync(app.dataDir)).not.toContain(basename(fresh));
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
    const { key, apiKey } = open(dataDir).create({ name: 'me', roles: ['operator'] });
    const alone = await AuthApp.start({ LEDGER_DATA_DIR: dataDir, LEDGER_BOOTSTRAP_KEY: '' });
    const { status, body } = await alone.send('DELETE', `/v1/api-keys/${apiKey.id}`, key);
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'conflict', detail: new LastOperatorKey().message });
    await alone.close();
  });
});

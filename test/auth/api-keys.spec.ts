import { chmodSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ApiKeysFile } from '../../src/auth/api-keys-file.js';
import { ApiKeys, LastOperatorKey } from '../../src/auth/api-keys.js';
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

  it('know a bootstrap key that was made elsewhere beside those that they have made', () => {
    const { key: elsewhere } = open(temporaryDirectory()).create({ name: 'there', roles: ['billing'] });
    const keys = open(temporaryDirectory(), elsewhere);
    const { key } = keys.create({ name: 'here', roles: ['billing'] });
    expect(keys.verify(elsewhere)?.id).toBe('key:bootstrap');
    expect(keys.verify(key)?.roles).toEqual(['billing']);
  });

  it('take nobody for a key whose token has the id of one as its subject', () => {
    const keys = open(temporaryDirectory());
    const { id } = keys.create({ name: 'me', roles: ['operator'] }).apiKey;
    expect(keys.principal(`key:${id}`)).toBeDefined();
    expect(keys.principal(`jwt:${id}`)).toBeUndefined();
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

  it('keep none for operators who come with tokens', () => {
    const keys = open(temporaryDirectory(), undefined, true);
    expect(keys.revoke(keys.create({ name: 'me', roles: ['operator'] }).apiKey.id)).toBe(true);
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

  it.each([
    { id: '4f1c09ab77d' },
    { id: 7 },
    { name: 7 },
    { roles: 'billing' },
    { roles: ['admin'] },
    { mainAccountId: 'acme' },
    { hash: 'AB'.repeat(32) },
    { hash: undefined },
    { createdAt: undefined },
  ])('refuse to start from a file in which a key is damaged: %j', (damage) => {
    const dataDir = temporaryDirectory();
    const { apiKey } = open(dataDir).create({ name: 'invoices', roles: ['billing'] });
    writeFileSync(pathIn(dataDir), JSON.stringify({ format: 1, keys: [{ ...apiKey, ...damage }] }));
    expect(() => open(dataDir, KEY)).toThrow(/api-keys\.json is damaged/);
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

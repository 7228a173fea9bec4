import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig } from '../../src/config/config.js';
import { VARIABLES, type Variable } from '../../src/config/variables.js';

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const pem = (kind: 'rsa' | 'ec', bits = 2048): string =>
  (kind === 'rsa'
    ? generateKeyPairSync('rsa', { modulusLength: bits })
    : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  ).publicKey
    .export({ type: 'spki', format: 'pem' })
    .toString();

describe('configuration', () => {
  it('needs no variable', () => {
    expect(loadConfig({ PATH: '/bin' })).toEqual({
      host: '127.0.0.1',
      port: 3000,
      dataDir: `${process.cwd()}/data`,
      store: 'sqlite',
      eventStoreDbUrl: undefined,
      bootstrapKey: undefined,
      rateLimit: 0,
      trustedProxies: [],
      shopUrl: undefined,
      logLevel: 'info',
      readWaitMs: 2000,
      jwt: undefined,
    });
  });

  it('is frozen, with what is in it', () => {
    const config = loadConfig({
      LEDGER_JWT_ISSUER: 'https://id.example',
      LEDGER_JWT_AUDIENCE: 'ledger',
      LEDGER_JWT_JWKS_URL: 'https://id.example/keys',
    });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.jwt)).toBe(true);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(loadConfig({ LEDGER_PORT: '', LEDGER_SHOP_URL: '' })).toEqual(loadConfig({}));
  });

  it('names everything that is wrong at once', () => {
    expect(
      problemsOf({
        LEDGER_PORT: '70000',
        LEDGER_STORE: 'postgres',
        LEDGER_RATELIMIT: '10',
        LEDGER_LOG_LEVEL: 'loud',
      }),
    ).toEqual([
      'LEDGER_RATELIMIT is not a variable of the ledger',
      'LEDGER_PORT is "70000"; allowed: a whole number from 0 to 65535',
      'LEDGER_STORE is "postgres"; allowed: sqlite or eventstoredb',
      'LEDGER_LOG_LEVEL is "loud"; allowed: trace, debug, info, warn, error, fatal, silent',
    ]);
  });

  it.each(['-1', '1e3', '0x10', ' 80', '80.0', '９０'])('refuses %j as a port', (text) => {
    expect(problemsOf({ LEDGER_PORT: text })).toHaveLength(1);
  });

  it('takes addresses and networks of proxies, but not that of everybody', () => {
    const text = '10.0.0.1, 192.0.2.0/24,2001:db8::/32,loopback';
    expect(loadConfig({ LEDGER_TRUSTED_PROXIES: text }).trustedProxies).toEqual(text.split(/, ?/));
    for (const one of [
      '0.0.0.0/0',
      '::/0',
      '10.0.0.1/33',
      '::1/129',
      '10.1',
      '1',
      'true',
      'proxy',
      '::1%eth0',
      ',',
    ])
      expect(problemsOf({ LEDGER_TRUSTED_PROXIES: one })).toEqual([
        expect.stringContaining('LEDGER_TRUSTED_PROXIES is'),
      ]);
  });

  it.each([
    ['LEDGER_BOOTSTRAP_KEY', 'too-short'],
    ['LEDGER_EVENTSTOREDB_URL', 'tcp://admin:changeit@db'],
    ['LEDGER_JWT_PUBLIC_KEY', 'changeit'],
  ])('does not show the secret in %s', (name, text) => {
    const problems = problemsOf({ [name]: text }).join('\n');
    expect(problems).toContain(`${name} is not valid; allowed: `);
    expect(problems).not.toContain(text);
  });

  it('refuses a store and an address that do not go together', () => {
    expect(problemsOf({ LEDGER_STORE: 'eventstoredb' })).toEqual([
      'LEDGER_EVENTSTOREDB_URL is missing; LEDGER_STORE=eventstoredb needs it',
    ]);
    expect(problemsOf({ LEDGER_EVENTSTOREDB_URL: 'esdb://db:2113?tls=false' })).toEqual([
      'LEDGER_EVENTSTOREDB_URL is set, but LEDGER_STORE is not eventstoredb',
    ]);
    const both = { LEDGER_STORE: 'eventstoredb', LEDGER_EVENTSTOREDB_URL: 'esdb://db:2113?tls=false' };
    expect(loadConfig(both).eventStoreDbUrl).toBe('esdb://db:2113?tls=false');
  });

  it('refuses JWT settings that are not whole', () => {
    expect(problemsOf({ LEDGER_JWT_ISSUER: 'https://id.example' })).toEqual([
      'LEDGER_JWT_AUDIENCE is missing; tokens cannot be checked without it',
      'LEDGER_JWT_JWKS_URL or LEDGER_JWT_PUBLIC_KEY: exactly one of the two must be set',
    ]);
    const both = { LEDGER_JWT_JWKS_URL: 'https://id.example/keys', LEDGER_JWT_PUBLIC_KEY: pem('ec') };
    expect(
      problemsOf({ LEDGER_JWT_ISSUER: 'https://id.example', LEDGER_JWT_AUDIENCE: 'ledger', ...both }),
    ).toEqual(['LEDGER_JWT_JWKS_URL or LEDGER_JWT_PUBLIC_KEY: exactly one of the two must be set']);
  });

  it('takes keys over plain HTTP from this machine only', () => {
    const env = { LEDGER_JWT_ISSUER: 'https://id.example', LEDGER_JWT_AUDIENCE: 'ledger' };
    expect(problemsOf({ ...env, LEDGER_JWT_JWKS_URL: 'http://127.0.0.1:8080/keys' })).toEqual([]);
    expect(problemsOf({ ...env, LEDGER_JWT_JWKS_URL: 'http://id.example/keys' })[0]).toContain('https://');
    expect(problemsOf({ ...env, LEDGER_JWT_JWKS_URL: 'http://127.0.0.1.evil.example/' })).toHaveLength(1);
  });

  it('takes a PEM with its line ends written out', () => {
    const key = pem('ec');
    const env = { LEDGER_JWT_ISSUER: 'https://id.example', LEDGER_JWT_AUDIENCE: 'ledger' };
    const config = loadConfig({ ...env, LEDGER_JWT_PUBLIC_KEY: key.replaceAll('\n', '\\n') });
    expect(config.jwt?.publicKey).toBe(key);
  });

  it('refuses a key of a kind that no token is signed with', () => {
    const kinds = [
      generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
      generateKeyPairSync('rsa-pss', { modulusLength: 2048 }),
    ];
    for (const { publicKey } of kinds) {
      const text = publicKey.export({ type: 'spki', format: 'pem' }).toString();
      expect(problemsOf({ LEDGER_JWT_PUBLIC_KEY: text })).toContainEqual(
        expect.stringContaining('P-256, P-384, P-521 or Ed25519'),
      );
    }
  });

  it('refuses a private key and a weak one', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const secret = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    for (const text of [secret, pem('rsa', 1024)])
      expect(problemsOf({ LEDGER_JWT_PUBLIC_KEY: text })).toContainEqual(
        expect.stringContaining('LEDGER_JWT_PUBLIC_KEY is not valid'),
      );
  });
});

describe('docs/reference/configuration.md', () => {
  const page = readFileSync('docs/reference/configuration.md', 'utf8');
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('| `LEDGER_'))
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));

  it('lists every variable with its default and what is allowed', () => {
    expect(
      rows.map(([, name, initial, allowed]) => ({ name, initial: initial || undefined, allowed })),
    ).toEqual(
      Object.entries<Variable<unknown>>(VARIABLES).map(([name, { initial, allowed }]) => ({
        name,
        initial,
        allowed,
      })),
    );
  });
});

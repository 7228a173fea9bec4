import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { ApiKeysFile } from '../../src/auth/api-keys-file.js';
import { ApiKeys } from '../../src/auth/api-keys.js';
import { EndedSessions } from '../../src/auth/ended-sessions.js';
import { sessionSecret } from '../../src/auth/session-secret.js';
import { SESSION_SECONDS, Sessions } from '../../src/auth/sessions.js';
import { temporaryDirectory } from '../support/service.js';

describe('somebody who is signed in', () => {
  let keys: ApiKeys;
  let now: number;
  let sessions: Sessions;
  let id: string;
  let dataDir: string;
  let warnings: string[];

  /** As after a start. */
  const openSessions = (secret = Buffer.alloc(32, 1), takesTokens = true): Sessions => {
    const ended = new EndedSessions(
      join(dataDir, 'ended-sessions'),
      (message) => warnings.push(message),
      () => now,
    );
    return new Sessions(secret, keys, ended, takesTokens, () => now);
  };

  beforeEach(() => {
    dataDir = temporaryDirectory();
    keys = new ApiKeys(new ApiKeysFile(temporaryDirectory()), 'bootstrap-key-123', false, () => undefined);
    now = Date.parse('2026-11-22T12:00:00Z');
    warnings = [];
    sessions = openSessions();
    ({ id } = keys.create({ name: 'desk', roles: ['billing'] }).apiKey);
  });

  const principal = () => {
    const found = keys.principal(`key:${id}`);
    if (!found) throw new Error('no such key');
    return found;
  };

  const cookie = (): string => sessions.open(principal(), false).split(';')[0] ?? '';

  it('is who the key says, until the time is over', () => {
    const sent = `theme=dark; ${cookie()}; other=1`;
    expect(sessions.principalOf(sent)).toEqual(principal());
    now += SESSION_SECONDS * 1000;
    expect(sessions.principalOf(sent)).toBeUndefined();
  });

  it('is nobody once the key is revoked', () => {
    const sent = cookie();
    keys.revoke(id);
    expect(sessions.principalOf(sent)).toBeUndefined();
  });

  it('is nobody after signing out, also with a copy of the cookie', () => {
    const [first, second] = [cookie(), cookie()];
    expect(sessions.end(first)).toContain('Max-Age=0');
    expect(sessions.principalOf(first)).toBeUndefined();
    expect(sessions.principalOf(second)).toEqual(principal());
    appendFileSync(join(dataDir, 'ended-sessions'), 'half a li');
    for (const restarted of [openSessions(), openSessions()]) {
      expect(restarted.principalOf(first)).toBeUndefined();
      expect(restarted.principalOf(second)).toEqual(principal());
    }
    now += SESSION_SECONDS * 1000;
    openSessions();
    expect(readFileSync(join(dataDir, 'ended-sessions'), 'utf8')).toBe('');
  });

  it('has signed out also on a full disk, which a warning tells, and for good once there is room again', () => {
    const file = join(dataDir, 'ended-sessions');
    const [first, second] = [cookie(), cookie()];
    rmSync(file);
    symlinkSync('/dev/full', file);
    expect(sessions.end(first)).toContain('Max-Age=0');
    expect(sessions.principalOf(first)).toBeUndefined();
    expect(warnings).toEqual([
      expect.stringMatching(/signed out is not in .*ended-sessions: after a restart/),
    ]);
    rmSync(file);
    sessions.end(second);
    const restarted = openSessions();
    for (const sent of [first, second]) expect(restarted.principalOf(sent)).toBeUndefined();
    expect(warnings).toHaveLength(1);
  });

  const lines = () => readFileSync(join(dataDir, 'ended-sessions'), 'utf8').split('\n').length - 1;
  const signOut = () => sessions.end(cookie());

  it('is not taken for one who has not signed out where it cannot be read who has', () => {
    const file = join(dataDir, 'ended-sessions');
    rmSync(file);
    mkdirSync(file);
    expect(() => openSessions()).toThrow(/ended-sessions cannot be read: EISDIR/);
  });

  it('has a line in the file until half of them are of no use', () => {
    const half = SESSION_SECONDS * 500;
    signOut();
    now += half;
    for (let i = 0; i < 2; i++) signOut();
    now += half;
    signOut();
    expect(lines()).toBe(4);
    now += half;
    signOut();
    expect(lines()).toBe(2);
  });

  it('is forgotten after signing out when the time is over, and so is its line in the file', () => {
    for (let i = 0; i < 3; i++) signOut();
    now += SESSION_SECONDS * 1000;
    signOut();
    expect(lines()).toBe(1);
    now += 59_000;
    signOut();
    expect(lines()).toBe(2);
  });

  it('is who the token says, no longer than the token lasts, and while tokens are taken', () => {
    const customer = { id: 'jwt:zoe', roles: ['customer'], mainAccountId: 'acme' } as const;
    const staff = { id: 'jwt:jan', roles: ['billing', 'auditor'], mainAccountId: undefined } as const;
    for (const who of [customer, staff]) {
      const set = sessions.open(who, false, now + 60_000);
      expect(set).toContain('Max-Age=60;');
      const sent = set.split(';')[0];
      expect(sessions.principalOf(sent)).toEqual(who);
      expect(openSessions(undefined, false).principalOf(sent)).toBeUndefined();
      now += 60_000;
      expect(sessions.principalOf(sent)).toBeUndefined();
    }
    expect(sessions.open(staff, false, now + 1e9)).toContain(`Max-Age=${SESSION_SECONDS};`);
  });

  it('cannot become somebody else', () => {
    const [name, value = ''] = cookie().split('=');
    const [, signature] = value.split('.');
    const forged = Buffer.from(`x ${now + 1e9} key:bootstrap`).toString('base64url');
    expect(sessions.principalOf(`${name}=${forged}.${signature}`)).toBeUndefined();
    const elsewhere = openSessions(Buffer.alloc(32, 2));
    expect(elsewhere.principalOf(`${name}=${value}`)).toBeUndefined();
    for (const rubbish of [undefined, '', `${name}=`, `${name}=.`, `${name}=${value}x`])
      expect(sessions.principalOf(rubbish)).toBeUndefined();
  });

  it('has a cookie that only this site sends, over https only if it came so', () => {
    expect(sessions.open(principal(), false)).toMatch(/; HttpOnly; SameSite=Lax$/);
    expect(sessions.open(principal(), true)).toMatch(/; HttpOnly; SameSite=Lax; Secure$/);
  });
});

describe('the secret of the sessions', () => {
  it('outlives a restart, for its owner alone, and is made anew when it is damaged', () => {
    const dataDir = temporaryDirectory();
    const path = join(dataDir, 'session-secret');
    const secret = sessionSecret(dataDir);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(sessionSecret(dataDir)).toEqual(secret);
    writeFileSync(path, 'short');
    expect(sessionSecret(dataDir)).toHaveLength(32);
    expect(sessionSecret(dataDir)).not.toEqual(secret);
  });

  it('is made anew when it was open to other users: they may have it', () => {
    const dataDir = temporaryDirectory();
    const path = join(dataDir, 'session-secret');
    const secret = sessionSecret(dataDir);
    chmodSync(path, 0o644);
    expect(sessionSecret(dataDir)).not.toEqual(secret);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});

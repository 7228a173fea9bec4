import { beforeEach, describe, expect, it } from '@jest/globals';
import { ApiKeysFile } from '../../src/auth/api-keys-file.js';
import { ApiKeys } from '../../src/auth/api-keys.js';
import type { Principal } from '../../src/auth/principal.js';
import { LINK_MINUTES, MAX_LINKS, SignInLinks } from '../../src/auth/sign-in-links.js';
import { temporaryDirectory } from '../support/service.js';

describe('a link that signs in', () => {
  let keys: ApiKeys;
  let id: string;
  let now: number;
  let links: SignInLinks;
  beforeEach(() => {
    keys = new ApiKeys(new ApiKeysFile(temporaryDirectory()), 'bootstrap-key-123', false, () => undefined);
    ({ id } = keys.create({ name: 'desk', roles: ['billing'] }).apiKey);
    now = Date.parse('2026-11-22T12:00:00Z');
    links = new SignInLinks(keys, () => now);
  });

  const principal = (): Principal => keys.principal(`key:${id}`)!;
  const make = (): string => links.make(principal()).replace(/.*=/, '');

  it('works once', () => {
    const token = make();
    expect(links.principalOf('wrong')).toBeUndefined();
    expect(links.principalOf(token)).toEqual(principal());
    expect([links.use(token), links.use(token)]).toEqual([true, false]);
    expect(links.principalOf(token)).toBeUndefined();
  });

  it('does not work for ever', () => {
    const token = make();
    now += LINK_MINUTES * 60_000;
    expect(links.principalOf(token)).toBeUndefined();
  });

  it('is of no use once its key is revoked', () => {
    const token = make();
    keys.revoke(id);
    expect(links.principalOf(token)).toBeUndefined();
  });

  it('gives way to later ones when very many wait to be used', () => {
    const [oldest, next] = [make(), make()];
    for (let made = 2; made <= MAX_LINKS; made++) make();
    expect(links.principalOf(oldest)).toBeUndefined();
    expect(links.principalOf(next)).toEqual(principal());
  });
});

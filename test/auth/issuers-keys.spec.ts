import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { IssuerUnavailable, Tokens } from '../../src/auth/tokens.js';
import { AUDIENCE, ISSUER, JwksServer, signingKey, token } from '../support/issuer.js';

let warnings: string[];
beforeEach(() => {
  warnings = [];
});

const tokensOf = ({ env }: JwksServer): Tokens =>
  new Tokens(
    { issuer: ISSUER, audience: AUDIENCE, jwksUrl: env['LEDGER_JWT_JWKS_URL'], publicKey: undefined },
    (message) => warnings.push(message),
  );

describe("the issuer's keys", () => {
  it('are fetched once, and again for a key that is not known, but not for every such token', async () => {
    const [one, two] = [await signingKey('one'), await signingKey('two', 'RS256')];
    const jwks = await JwksServer.start(one);
    const tokens = tokensOf(jwks);
    await tokens.verify(await token(one));
    expect(await tokens.verify(await token(one, { sub: 'other' }))).toBeDefined();
    expect(jwks.requests).toBe(1);

    jwks.keys = [one, two];
    expect(await tokens.verify(await token(two))).toBeUndefined();
    expect(jwks.requests).toBe(1);

    const later = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 31_000);
    expect(await tokens.verify(await token(two))).toBeDefined();
    expect(jwks.requests).toBe(2);
    expect(await tokens.verify(await token(await signingKey('three')))).toBeUndefined();
    expect(jwks.requests).toBe(2);
    later.mockRestore();
    jwks.stop();
  });

  it('that cannot be had make a token neither good nor bad, and are asked for again after a while', async () => {
    const one = await signingKey('one');
    const jwks = await JwksServer.start(one);
    jwks.down = true;
    const tokens = tokensOf(jwks);
    const good = await token(one);
    await expect(tokens.verify(good)).rejects.toThrow(IssuerUnavailable);
    expect(await tokens.verify('not.a.token')).toBeUndefined();
    jwks.down = false;
    await expect(tokens.verify(good)).rejects.toThrow(IssuerUnavailable);
    expect(jwks.requests).toBe(1);
    expect(warnings).toEqual([expect.stringMatching(/cannot be had from LEDGER_JWT_JWKS_URL: .* 500$/)]);
    const later = jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 5001);
    expect(await tokens.verify(good)).toBeDefined();
    later.mockRestore();
    jwks.stop();
    expect(await tokens.verify(good)).toBeDefined();
    expect(warnings).toHaveLength(1);
  });

  it('that nobody answers for are missed in the log with the reason', async () => {
    const jwks = await JwksServer.start();
    const tokens = tokensOf(jwks);
    jwks.stop();
    await expect(tokens.verify(await token(await signingKey('one')))).rejects.toThrow(IssuerUnavailable);
    expect(warnings).toEqual([expect.stringMatching(/: ECONNREFUSED$/)]);
  });

  it('of which one is withdrawn end what it has signed, after a while also a token that was seen before', async () => {
    const [one, two] = [await signingKey('one'), await signingKey('two')];
    const jwks = await JwksServer.start(one, two);
    const tokens = tokensOf(jwks);
    const seen = await token(one, { exp: Math.floor(Date.now() / 1000) + 3600 });
    expect(await tokens.verify(seen)).toBeDefined();
    jwks.keys = [two];
    const later = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 601_000);
    expect(await tokens.verify(seen)).toBeUndefined();
    later.mockRestore();
    jwks.stop();
  });

  it('are not tried one after the other for a token that does not name its own', async () => {
    const [one, two] = [await signingKey('one'), await signingKey('two')];
    const jwks = await JwksServer.start(one, two);
    const nameless = { ...one, kid: undefined };
    expect(await tokensOf(jwks).verify(await token(nameless))).toBeUndefined();
    jwks.keys = [one];
    expect(await tokensOf(jwks).verify(await token(nameless))).toBeDefined();
    jwks.stop();
  });
});

describe('an issuer that answers with what are no keys', () => {
  it.each(['<h1>Back soon</h1>', '{"error":"busy"}'])('is left alone for a while too: %s', async (answer) => {
    const one = await signingKey('one');
    const jwks = await JwksServer.start(one);
    jwks.instead = answer;
    const tokens = tokensOf(jwks);
    for (const sub of ['a', 'b', 'c'])
      await expect(tokens.verify(await token(one, { sub }))).rejects.toThrow(IssuerUnavailable);
    expect(jwks.requests).toBe(1);
    expect(warnings).toHaveLength(1);
    jwks.stop();
  });
});

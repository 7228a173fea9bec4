import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KEY, Service, temporaryDirectory } from '../support/service.js';

/** More than pass in the time that they take, also on a slow machine. */
const MANY = 60;

let trusting: Service;
let plain: Service;

beforeAll(async () => {
  const env = { LEDGER_RATE_LIMIT: '5' };
  trusting = await Service.start(temporaryDirectory(), { ...env, LEDGER_TRUSTED_PROXIES: 'loopback' });
  plain = await Service.start(temporaryDirectory(), env);
});
afterAll(() => Service.killAll());

type Try = (service: Service, forwardedFor: string) => Promise<number>;

const signIn: Try = async ({ url }, forwardedFor) => {
  const headers = { 'X-Forwarded-For': forwardedFor };
  const body = new URLSearchParams({ key: 'wrong' });
  return (await fetch(`${url}/sign-in`, { method: 'POST', headers, body })).status;
};

const callApi: Try = async ({ url }, forwardedFor) => {
  const headers = { 'X-Forwarded-For': forwardedFor, Authorization: 'Bearer wrong' };
  return (await fetch(`${url}/v1/main-accounts`, { headers })).status;
};

const many = (attempt: Try, service: Service, forwardedFor: (n: number) => string): Promise<number[]> =>
  Promise.all(Array.from({ length: MANY }, (_, n) => attempt(service, forwardedFor(n))));

describe.each([
  ['signing in', signIn],
  ['the API', callApi],
])('wrong credentials, at %s', (_, attempt) => {
  it('count against the address that a trusted proxy names, and against no other', async () => {
    expect(await many(attempt, trusting, () => '203.0.113.7')).toContain(429);
    expect(await attempt(trusting, '203.0.113.8')).toBe(401);
  });

  it('count against it whatever the caller itself has written before it', async () => {
    expect(await many(attempt, trusting, (n) => `198.51.100.${n}, 127.0.0.1, 203.0.113.9`)).toContain(429);
  });

  it('count against who sent them where no proxy is trusted, whatever they say', async () => {
    expect(await many(attempt, plain, (n) => `198.51.100.${n}`)).toContain(429);
  });
});

it('a session is for https alone when a trusted proxy says that it came so', async () => {
  const cookieOf = async ({ url }: Service): Promise<string | null> => {
    const headers = { 'X-Forwarded-Proto': 'https' };
    const body = new URLSearchParams({ key: KEY });
    const answer = await fetch(`${url}/sign-in`, { method: 'POST', headers, body, redirect: 'manual' });
    return answer.headers.get('Set-Cookie');
  };
  expect(await cookieOf(trusting)).toMatch(/; Secure$/);
  expect(await cookieOf(plain)).toMatch(/; SameSite=Lax$/);
});

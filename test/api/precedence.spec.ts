import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiApp, type Answer } from '../support/api-app.js';

const ACCOUNTS = '/v1/main-accounts';
const ADD = `${ACCOUNTS}/acme/sip-accounts/desk-1/add-credit`;
const NOBODY = { Authorization: 'Bearer nobody' };
const NO_KEY = { 'Idempotency-Key': null };
let api: ApiApp;
let customer: { Authorization: string };
let auditor: { Authorization: string };

beforeAll(async () => {
  api = await ApiApp.start();
  await api.funded('acme', '100', 'desk-1');
  await api.funded('other', '100', 'desk-1');
  const make = async (key: object) => {
    const { json } = await api.post('/v1/api-keys', { name: 'test', ...key });
    return { Authorization: `Bearer ${String(json['key'])}` };
  };
  customer = await make({ roles: ['customer'], mainAccountId: 'acme' });
  auditor = await make({ roles: ['auditor'] });
});
afterAll(() => api.close());

describe('of several reasons to refuse', () => {
  const inOrder: readonly (readonly [string, () => Promise<Answer>])[] = [
    ['404 not-found', () => api.post('/v1/nothing', 'x', { ...NOBODY, 'Content-Type': 'text/plain' })],
    ['415 unsupported-media-type', () => api.post(ADD, '{', { ...NOBODY, 'Content-Type': 'text/plain' })],
    ['413 payload-too-large', () => api.post(ADD, '{'.repeat(20_000), NOBODY)],
    ['400 invalid-request', () => api.post(ADD, '{', NOBODY)],
    ['401 unauthenticated', () => api.post(ADD, {}, { ...NOBODY, ...NO_KEY })],
    ['403 forbidden', () => api.post(ADD, {}, { ...auditor, ...NO_KEY })],
    ['400 idempotency-key-missing', () => api.post(`${ACCOUNTS}/a b/purchases`, {}, NO_KEY)],
    ['400 invalid-request', () => api.post(`${ACCOUNTS}/a b/purchases`, { amount: '-1' })],
    [
      '400 amount-not-positive',
      () => api.post(`${ACCOUNTS}/nobody/purchases`, { amount: '-1', reference: 'r' }),
    ],
    [
      '404 main-account-not-found',
      () => api.post(`${ACCOUNTS}/nobody/sip-accounts/x/add-credit`, { amount: '1' }),
    ],
    [
      '404 sip-account-not-found',
      () => api.post(`${ACCOUNTS}/acme/sip-accounts/x/add-credit`, { amount: '1000' }),
    ],
  ];

  it.each(inOrder)('%s comes before those below it', async (problem, send) =>
    expect((await send()).problem).toBe(problem),
  );

  it('a key that is known comes before the rules of the command', async () => {
    const key = { 'Idempotency-Key': 'known' };
    await api.post(ADD, { amount: '1' }, key);
    expect((await api.post(ADD, { amount: '5000' }, key)).problem).toBe('422 idempotency-key-reused');
  });
});

describe('a customer', () => {
  it('sees their own account, and books nothing', async () => {
    expect((await api.send(`${ACCOUNTS}/acme`, { headers: customer })).status).toBe(200);
    expect((await api.send(`${ACCOUNTS}/acme/history`, { headers: customer })).status).toBe(200);
    expect((await api.post(ADD, { amount: '1' }, customer)).problem).toBe('403 forbidden');
  });

  it('learns nothing of other accounts, not even whether they exist', async () => {
    for (const path of ['', '/history', '/sip-accounts/desk-1']) {
      const [existing, missing] = await Promise.all(
        ['other', 'never'].map(async (id) => {
          const { json } = await api.send(`${ACCOUNTS}/${id}${path}`, { headers: customer });
          return JSON.stringify({ ...json, correlationId: '' }).replaceAll(id, '…');
        }),
      );
      expect(existing).toContain('main-account-not-found');
      expect(existing).toBe(missing);
    }
    expect((await api.send(ACCOUNTS, { headers: customer })).problem).toBe('403 forbidden');
  });
});

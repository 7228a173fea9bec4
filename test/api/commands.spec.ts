import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OutcomeUnknown, StoreUnavailable } from '../../src/event-store/errors.js';
import { ApiApp } from '../support/api-app.js';

const ACCOUNTS = '/v1/main-accounts';
let api: ApiApp;

beforeAll(async () => {
  api = await ApiApp.start();
  await api.funded('acme', '100', 'desk-1');
});
afterAll(() => api.close());

describe('a command', () => {
  it('answers 201 with a receipt, its position and the correlation id', async () => {
    const answer = await api.post(
      ACCOUNTS,
      { mainAccountId: 'new', currency: 'EUR' },
      { 'X-Correlation-Id': 'order-1' },
    );
    expect(answer.status).toBe(201);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.headers.get('ledger-position')).toMatch(/^\d+$/);
    expect(answer.headers.get('x-correlation-id')).toBe('order-1');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.has('idempotent-replayed')).toBe(false);
    expect(answer.json).toEqual({
      eventId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      type: 'MainAccountOpened',
      mainAccountId: 'new',
      revision: 0,
      recordedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      mainAccount: { available: '0.0000' },
      sipAccounts: { available: '0.0000' },
    });
  });

  it('moves credit there and back, exactly', async () => {
    await api.funded('exact', '110.2580', 'desk-1');
    const added = await api.post(`${ACCOUNTS}/exact/sip-accounts/desk-1/add-credit`, { amount: '48.898' });
    expect(added.json).toMatchObject({
      type: 'CreditAllocated',
      sipAccountId: 'desk-1',
      amount: '48.8980',
      mainAccount: { available: '61.3600' },
      sipAccounts: { available: '48.8980' },
      sipAccount: { available: '48.8980' },
    });
    const removed = await api.post(`${ACCOUNTS}/exact/sip-accounts/desk-1/remove-all-credit`);
    expect(removed.json).toMatchObject({
      type: 'CreditReclaimed',
      amount: '48.8980',
      mainAccount: { available: '110.2580' },
      sipAccount: { available: '0.0000' },
    });
  });

  it('is booked once, and answered the same byte for byte when repeated', async () => {
    const send = () =>
      api.post(
        `${ACCOUNTS}/acme/purchases`,
        { amount: '1.5', reference: 'é ☎ 1:1' },
        { 'Idempotency-Key': 'k-1' },
      );
    const first = await send();
    const again = await send();
    expect(again.status).toBe(201);
    expect(again.text).toBe(first.text);
    expect(again.headers.get('ledger-position')).toBe(first.headers.get('ledger-position'));
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const asked = await api.send(`${ACCOUNTS}/acme/commands/k-1`);
    expect(asked.status).toBe(200);
    expect(asked.text).toBe(first.text);
  });

  it('writes its actor, correlation and cause into the event', async () => {
    await api.post(ACCOUNTS, { mainAccountId: 'traced', currency: 'EUR' }, { 'X-Correlation-Id': 'order-2' });
    for await (const [event] of api.store.readStream('mainAccount-traced'))
      expect(JSON.parse(event?.metadata ?? '')).toMatchObject({
        actor: 'key:bootstrap',
        $correlationId: 'order-2',
        $causationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
  });

  it.each(['a b<script>', 'x'.repeat(129)])(
    'takes an id of its own where it cannot keep %s',
    async (sent) => {
      const answer = await api.post(`${ACCOUNTS}/acme/purchases`, {}, { 'X-Correlation-Id': sent });
      expect(answer.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
      expect(answer.json['correlationId']).toBe(answer.headers.get('x-correlation-id'));
    },
  );

  it.each([
    ['no body', undefined],
    ['an empty body', ''],
    ['an empty object', '{}'],
  ])('removes all credit with %s', async (_, body) => {
    await api.post(`${ACCOUNTS}/acme/sip-accounts/desk-1/add-credit`, { amount: '1' });
    const answer = await api.post(`${ACCOUNTS}/acme/sip-accounts/desk-1/remove-all-credit`, body);
    expect(answer.status).toBe(201);
  });

  it('takes no fields where there are none', async () => {
    const answer = await api.post(`${ACCOUNTS}/acme/sip-accounts/desk-1/remove-all-credit`, { amount: '1' });
    expect(answer.problem).toBe('400 invalid-request');
    expect(answer.fields).toEqual(['amount']);
  });
});

describe('a refusal', () => {
  const add = `${ACCOUNTS}/acme/sip-accounts/desk-1/add-credit`;

  it.each([
    ['main-account-already-open', 409, ACCOUNTS, { mainAccountId: 'acme', currency: 'EUR' }],
    ['main-account-not-found', 404, `${ACCOUNTS}/nobody/purchases`, { amount: '1', reference: 'r' }],
    ['sip-account-not-found', 404, `${ACCOUNTS}/acme/sip-accounts/nobody/add-credit`, { amount: '1' }],
    ['sip-account-already-added', 409, `${ACCOUNTS}/acme/sip-accounts`, { sipAccountId: 'desk-1' }],
    ['no-credit-to-reclaim', 422, `${ACCOUNTS}/acme/sip-accounts/desk-1/remove-all-credit`, undefined],
    [
      'balance-limit-exceeded',
      422,
      `${ACCOUNTS}/acme/purchases`,
      { amount: '999999999999.9999', reference: 'r' },
    ],
    ['amount-not-positive', 400, add, { amount: '0.0000' }],
    ['amount-not-positive', 400, add, { amount: '-1' }],
    ['amount-too-precise', 400, add, { amount: '1.23456' }],
    ['amount-too-large', 400, add, { amount: '1000000000000' }],
    ['amount-too-large', 400, add, { amount: '9'.repeat(1000) }],
  ])('%s is answered %i at %s', async (code, status, path, body) => {
    const answer = await api.post(path, body);
    expect(answer.problem).toBe(`${status} ${code}`);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(answer.json).toMatchObject({ type: `/docs/problems#${code}`, status, code });
  });

  it('insufficient-credit says what is available', async () => {
    const answer = await api.post(add, { amount: '5000' });
    expect(answer.problem).toBe('422 insufficient-credit');
    expect(answer.json).toMatchObject({
      requested: '5000.0000',
      available: expect.stringMatching(/\.\d{4}$/),
    });
  });

  it('idempotency-key-reused keeps the first command', async () => {
    await api.post(
      `${ACCOUNTS}/acme/purchases`,
      { amount: '1', reference: 'a' },
      { 'Idempotency-Key': 'k-2' },
    );
    const answer = await api.post(add, { amount: '1' }, { 'Idempotency-Key': 'k-2' });
    expect(answer.problem).toBe('422 idempotency-key-reused');
  });

  it('leaves the key free', async () => {
    const key = { 'Idempotency-Key': 'k-3' };
    expect((await api.post(add, { amount: '5000' }, key)).status).toBe(422);
    expect((await api.post(add, { amount: '0.5' }, key)).status).toBe(201);
  });

  it('command-not-found answers for a key that nothing was booked with', async () => {
    expect((await api.send(`${ACCOUNTS}/acme/commands/never`)).problem).toBe('404 command-not-found');
  });
});

describe('a fault', () => {
  const purchase = () => api.post(`${ACCOUNTS}/acme/purchases`, { amount: '1', reference: 'r' });
  const failWith = (error: Error) => {
    api.store.onAppend = () => {
      api.store.onAppend = (append) => append();
      return Promise.reject(error);
    };
  };

  it('of the store is 503, says that nothing was booked, and shows no internals', async () => {
    failWith(new StoreUnavailable('disk full at /var/lib/ledger'));
    const answer = await purchase();
    expect(answer.problem).toBe('503 store-unavailable');
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.text).toContain('nothing was booked');
    expect(answer.text).not.toContain('/var/lib');
  });

  it('of which the outcome is not known is never called a failure', async () => {
    failWith(new OutcomeUnknown('no reply'));
    const answer = await purchase();
    expect(answer.problem).toBe('503 outcome-unknown');
    expect(answer.text).toContain('same Idempotency-Key');
    expect(answer.text).not.toMatch(/fail/i);
  });

  it('that nobody foresaw is 500 without internals, with the same advice', async () => {
    failWith(new TypeError('secret detail'));
    const answer = await purchase();
    expect(answer.problem).toBe('500 internal-error');
    expect(answer.text).toContain('same Idempotency-Key');
    expect(answer.text).not.toContain('secret');
  });

  it('that nobody foresaw is in the log with its stack and correlation id', async () => {
    const errors: unknown[] = [];
    const ignore = () => {};
    api.app.useLogger({ log: ignore, warn: ignore, error: (message: unknown) => errors.push(message) });
    failWith(new TypeError('secret detail'));
    const answer = await purchase();
    api.app.useLogger(false);
    expect(errors).toEqual([
      {
        message: 'secret detail',
        correlationId: answer.json['correlationId'],
        stack: expect.stringContaining('commands.spec'),
      },
    ]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiApp } from '../support/api-app.js';

const ACCOUNTS = '/v1/main-accounts';
let api: ApiApp;
let position: string;

const ask = (path: string, atLeast = position) => api.send(path, { headers: { 'Ledger-At-Least': atLeast } });

beforeAll(async () => {
  api = await ApiApp.start();
  await api.funded('acme', '110.2580', 'desk-1');
  await api.post(`${ACCOUNTS}/acme/sip-accounts`, { sipAccountId: 'desk-2' });
  await api.post(`${ACCOUNTS}/acme/sip-accounts/desk-1/add-credit`, { amount: '12.2109' });
  await api.post(ACCOUNTS, { mainAccountId: 'beta', currency: 'USD' });
  const last = await api.post(ACCOUNTS, { mainAccountId: 'gamma', currency: 'GBP' });
  position = last.headers.get('ledger-position') ?? '';
});
afterAll(() => api.close());

describe('a query', () => {
  it('shows a main account with its SIP accounts', async () => {
    const answer = await ask(`${ACCOUNTS}/acme`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.json).toEqual({
      mainAccountId: 'acme',
      currency: 'EUR',
      available: '98.0471',
      sipAccountsAvailable: '12.2109',
      sipAccountsCount: 2,
      sipAccounts: [
        { sipAccountId: 'desk-1', available: '12.2109' },
        { sipAccountId: 'desk-2', available: '0.0000' },
      ],
      next: null,
      revision: 4,
      position,
      asOf: expect.stringMatching(/Z$/),
    });
  });

  it('shows one SIP account', async () => {
    const answer = await ask(`${ACCOUNTS}/acme/sip-accounts/desk-1`);
    expect(answer.json).toMatchObject({ sipAccountId: 'desk-1', currency: 'EUR', available: '12.2109' });
  });

  it('lists main accounts page by page', async () => {
    const first = await ask(`${ACCOUNTS}?limit=2`);
    const second = await ask(`${ACCOUNTS}?limit=2&after=${String(first.json['next'])}`);
    const ids = [first, second].map(({ json }) =>
      (json['mainAccounts'] as { mainAccountId: string }[]).map(({ mainAccountId }) => mainAccountId),
    );
    expect(ids).toEqual([['acme', 'beta'], ['gamma']]);
    expect(second.json['next']).toBeNull();
  });

  it('pages through the SIP accounts of an overview, under totals over all of them', async () => {
    const first = await ask(`${ACCOUNTS}/acme?limit=1`);
    expect(first.json).toMatchObject({ sipAccountsCount: 2, sipAccounts: [{ sipAccountId: 'desk-1' }] });
    const second = await ask(`${ACCOUNTS}/acme?limit=1&after=${String(first.json['next'])}`);
    expect(second.json).toMatchObject({ sipAccounts: [{ sipAccountId: 'desk-2' }], next: null });
  });

  it('tells the history, oldest first, with the balances after each event', async () => {
    const answer = await ask(`${ACCOUNTS}/acme/history`);
    const entries = answer.json['entries'] as Record<string, unknown>[];
    expect(entries.map(({ type }) => type)).toEqual([
      'MainAccountOpened',
      'CreditPurchased',
      'SipAccountAdded',
      'SipAccountAdded',
      'CreditAllocated',
    ]);
    expect(entries.at(-1)).toMatchObject({
      revision: 4,
      amount: '12.2109',
      mainAccount: { available: '98.0471' },
      sipAccounts: { available: '12.2109' },
      sipAccount: { available: '12.2109' },
    });
  });

  it('sees what was done just before, given its position', async () => {
    for (let i = 1; i <= 20; i++) {
      const booked = await api.post(`${ACCOUNTS}/gamma/purchases`, { amount: '1', reference: `${i}` });
      const seen = await ask(`${ACCOUNTS}/gamma`, booked.headers.get('ledger-position') ?? '');
      expect(seen.json['available']).toBe(`${i}.0000`);
    }
  });
});

describe('a query is refused', () => {
  it.each([
    ['404 main-account-not-found', `${ACCOUNTS}/nobody`],
    ['404 main-account-not-found', `${ACCOUNTS}/nobody/history`],
    ['404 main-account-not-found', `${ACCOUNTS}/nobody/sip-accounts/desk-1`],
    ['404 sip-account-not-found', `${ACCOUNTS}/acme/sip-accounts/nobody`],
  ])('with %s at %s', async (problem, path) => expect((await ask(path)).problem).toBe(problem));

  it.each([
    ['limit', 'limit=0'],
    ['limit', 'limit=1001'],
    ['limit', 'limit=-1'],
    ['limit', 'limit=1.5'],
    ['limit', 'limit=ten'],
    ['limit', 'limit='],
    ['limit', 'limit=1&limit=2'],
    ['after', 'after='],
    ['after', 'after=%00'],
    ['after', 'after=rubbish'],
    ['after', 'after=-1'],
    ['after', 'after=1&after=2'],
    ['offset', 'offset=1'],
    ['__proto__', '__proto__=1'],
  ])('naming %s for ?%s', async (field, query) => {
    for (const path of [ACCOUNTS, `${ACCOUNTS}/acme`, `${ACCOUNTS}/acme/history`]) {
      const answer = await ask(`${path}?${query}`);
      expect(answer.problem).toBe('400 invalid-request');
      expect(answer.fields).toEqual([field]);
    }
  });

  it.each(['', ' ', '-1', '01', '1.5', 'rubbish', '1, 1', '0x1', '9'.repeat(20)])(
    'naming Ledger-At-Least for %j',
    async (atLeast) => {
      // fetch sends no header that is empty or blank as anything but an empty one.
      const answer = await ask(`${ACCOUNTS}/acme`, atLeast);
      expect(answer.problem).toBe('400 invalid-request');
      expect(answer.fields).toEqual(['Ledger-At-Least']);
    },
  );

  it('for a position that the log has not reached', async () => {
    const answer = await ask(`${ACCOUNTS}/acme`, String(BigInt(position) + 1_000_000n));
    expect(answer.problem).toBe('400 invalid-request');
    expect(answer.fields).toEqual(['Ledger-At-Least']);
  });
});

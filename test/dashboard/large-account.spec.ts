import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { en } from '../../src/dashboard/texts/en.js';
import { KEY, Service, temporaryDirectory } from '../support/service.js';

const SIP_ACCOUNTS = 10_000;

const idOf = (number: number): string => `3247${String(number).padStart(7, '0')}`;

/** Opens the account, and gives every SIP account another amount: number 0 has least. */
function* linesOf(main: string, sipAccounts: number): Generator<object> {
  yield { command: 'OpenMainAccount', mainAccountId: main, currency: 'EUR', idempotencyKey: 'open' };
  const purchase = { amount: '1000000', reference: 'test', idempotencyKey: 'buy' };
  yield { command: 'PurchaseCredit', mainAccountId: main, ...purchase };
  for (let number = 0; number < sipAccounts; number++) {
    const sip = { mainAccountId: main, sipAccountId: idOf(number) };
    yield { command: 'AddSipAccount', ...sip, idempotencyKey: `sip-${number}` };
    const amount = `${1 + Math.floor(number / 100)}.${String(number % 100).padStart(2, '0')}`;
    yield { command: 'AddCredit', ...sip, amount, idempotencyKey: `add-${number}` };
  }
}

describe('the overview of 10 000 SIP accounts', () => {
  let service: Service;
  let cookie: string;
  beforeAll(async () => {
    service = await Service.start(temporaryDirectory());
    await book('large', SIP_ACCOUNTS);
    const signedIn = await fetch(`${service.url}/sign-in`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ key: KEY }).toString(),
      redirect: 'manual',
    });
    cookie = signedIn.headers.get('Set-Cookie')?.split(';')[0] ?? '';
  }, 120_000);
  afterAll(() => service.stop());

  /** Returns when the read models hold it. */
  const book = async (main: string, sipAccounts: number): Promise<void> => {
    const booked = await fetch(`${service.url}/v1/commands`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/x-ndjson' },
      body: Array.from(linesOf(main, sipAccounts), (line) => `${JSON.stringify(line)}\n`).join(''),
    });
    const results = (await booked.text()).trimEnd().split('\n');
    const { position } = JSON.parse(results.at(-1) ?? '') as { position: string };
    await service.query(`/${main}`, position);
  };
  const open = async (search = '', main = 'large'): Promise<string> =>
    (await fetch(`${service.url}/accounts/${main}${search}`, { headers: { Cookie: cookie } })).text();
  const rowsOf = (page: string): readonly string[] =>
    Array.from(page.matchAll(/<th scope="row"><a[^>]*>([^<]*)</g), ([, id = '']) => id);

  it('comes in pages of 50, in every order', async () => {
    const first = await open();
    expect(rowsOf(first)).toEqual(Array.from({ length: 50 }, (_, number) => idOf(number)));
    expect(first).toContain('1–50 of 10,000 SIP accounts');
    expect(rowsOf(await open('?skip=9950'))).toHaveLength(50);
    expect(rowsOf(await open('?sort=amount&desc=1'))[0]).toBe(idOf(9999));
    expect(rowsOf(await open('?sort=account&desc=1&skip=50'))[0]).toBe(idOf(9949));
  });

  const linksOf = (page: string, kind: string) =>
    Array.from(page.matchAll(new RegExp(`<a [^>]*href="([^"]*)"[^>]*${kind}`, 'g')), ([, href = '']) =>
      href.replaceAll('&amp;', '&').replace('#list', ''),
    );

  it('leads back a page, as it leads on, in the same order and of the same search', async () => {
    for (const [search, ...links] of [
      ['', '?skip=50'],
      ['?skip=50', '?', '?skip=100'],
      ['?skip=9950', '?skip=9900'],
      ['?q=9&sort=amount&desc=1&skip=50', '?q=9&sort=amount&desc=1', '?q=9&sort=amount&desc=1&skip=100'],
    ])
      expect(linksOf(await open(search), 'rel="(?:prev|next)"')).toEqual(
        links.map((link) => `/accounts/large${link}`),
      );
  });

  it('is sorted by the head of a column, the other way round when it is pressed again', async () => {
    for (const [search, amount] of [
      ['?sort=account', 'sort=amount&desc=1'],
      ['?sort=amount&desc=1', 'sort=amount'],
      ['?sort=amount', 'sort=amount&desc=1'],
    ])
      expect(linksOf(await open(search), 'title="Sort by Amount"')).toEqual([`/accounts/large?${amount}`]);
  });

  it('is filtered before it is cut into pages', async () => {
    expect(rowsOf(await open('?q=0001234'))).toEqual([idOf(1234)]);
    const page = await open('?q=99');
    expect(page).toMatch(/1–50 of \d+ SIP accounts/);
    expect(rowsOf(page).every((id) => id.includes('99'))).toBe(true);
  });

  it('has no room for another one, and says so', async () => {
    const page = `${service.url}/accounts/large/add-sip-account`;
    const headers = { Cookie: cookie, 'Accept-Language': 'en' };
    const [, key = ''] =
      /name="key" value="([^"]*)"/.exec(await (await fetch(page, { headers })).text()) ?? [];
    const body = new URLSearchParams({ key, sipAccountId: 'one-more' });
    const answer = await fetch(page, { method: 'POST', headers, body });
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain(en.problems['sip-account-limit-reached']);
  });

  it('weighs no more than one of 60', async () => {
    const large = await open();
    await book('small', 60);
    expect(large.length).toBeLessThan((await open('', 'small')).length * 1.05);
  });
});

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { add, addSip, NDJSON, textOf } from '../support/bulk.js';
import { PageApp } from '../support/page-app.js';

/** More than two queries find. */
const MANY = 2100;

let app: PageApp;
beforeAll(async () => {
  app = await PageApp.start();
  await app.api.funded('acme', '100', 'desk');
  const adds = Array.from({ length: MANY }, () => add('acme', '0.0001', undefined, 'desk'));
  await app.api.send('/v1/commands', {
    method: 'POST',
    headers: { 'Content-Type': NDJSON },
    body: textOf([...adds, addSip('acme', 'door'), add('acme', '7', undefined, 'door')]),
  });
  await app.catchUp('acme');
});
afterAll(() => app.close());

/** The records of a download, as objects. */
const download = async (filter = ''): Promise<Record<string, string>[]> => {
  const { text } = await app.send(`/accounts/acme/history.csv${filter}`);
  const [header = '', ...lines] = text.trimEnd().split('\r\n');
  const names = header.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, at) => [names[at], value])));
};

it('a downloaded history has every entry once, newest first, however many there are', async () => {
  const revisions = (await download()).map(({ revision }) => Number(revision));
  expect(revisions).toEqual(Array.from({ length: MANY + 6 }, (_, at) => MANY + 5 - at));
});

it('a downloaded history is narrowed down as the page is that it was downloaded from', async () => {
  for (const [filter, count] of [
    ['?kind=CreditAllocated', MANY + 1],
    ['?account=door', 2],
    ['?account=door&kind=CreditAllocated', 1],
    ['?account=door&since=2000-01-01', 2],
    ['?since=9999-01-01', 0],
    ['?until=2000-01-01', 0],
    ['?account=nobody', 0],
  ] as const)
    expect([filter, (await download(filter)).length]).toEqual([filter, count]);
});

it('an entry of a downloaded history has what the entry on the page has, with the key and the hash of its event', async () => {
  const [entry] = await download('?account=door&kind=CreditAllocated');
  expect(entry).toMatchObject({
    type: 'CreditAllocated',
    sip_account: 'door',
    amount: '7.0000',
    currency: 'EUR',
    main_account_available: '92.7900',
    sip_accounts_available: '7.2100',
    sip_account_available: '7.0000',
    actor: 'key:bootstrap',
  });
  const proof = (await app.api.send(`/v1/main-accounts/acme/events/${entry!['revision']}/proof`)).json;
  expect(proof).toMatchObject({
    id: entry!['event_id'],
    metadata: { idempotencyKey: entry!['idempotency_key'], hash: entry!['hash'] },
  });
  const opened = (await download('?kind=MainAccountOpened'))[0];
  expect([opened!['amount'], opened!['currency']]).toEqual(['', '']);
});

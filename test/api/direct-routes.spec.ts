import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, ApiApp } from '../support/api-app.js';

const ACCOUNTS = '/v1/main-accounts';
const DESK = `${ACCOUNTS}/acme/sip-accounts/desk`;
const CORRELATED = { 'X-Correlation-Id': 'same' };

type Headers = Readonly<Record<string, string | null>>;
type Request = readonly [
  method: 'GET' | 'POST' | 'HEAD',
  path: string,
  body?: object | string | undefined,
  headers?: Headers,
];

/** One of every outcome, in an order that makes them. */
const REQUESTS: readonly Request[] = [
  ['POST', ACCOUNTS, { mainAccountId: 'acme', currency: 'EUR' }, { 'Idempotency-Key': 'open' }],
  ['POST', ACCOUNTS, { mainAccountId: 'acme', currency: 'EUR' }, { 'Idempotency-Key': 'open' }],
  ['POST', ACCOUNTS, { mainAccountId: 'acme', currency: 'EUR' }],
  [
    'POST',
    `${ACCOUNTS}/acme/purchases`,
    { amount: '10', reference: 'invoice' },
    { 'Idempotency-Key': 'buy' },
  ],
  [
    'POST',
    `${ACCOUNTS}/acme/purchases`,
    { amount: '11', reference: 'invoice' },
    { 'Idempotency-Key': 'buy' },
  ],
  ['POST', `${ACCOUNTS}/acme/sip-accounts`, { sipAccountId: 'desk' }],
  ['POST', `${DESK}/add-credit`, { amount: '1.2345' }],
  ['POST', `${DESK}/add-credit`, { amount: '100' }],
  ['POST', `${DESK}/add-credit`, { amount: '1.23456' }],
  ['POST', `${DESK}/add-credit`, { amount: 1, more: true }],
  ['POST', `${DESK}/add-credit`, '{'],
  ['POST', `${DESK}/add-credit`],
  ['POST', `${DESK}/add-credit`, { amount: '1' }, { 'Idempotency-Key': null }],
  ['POST', `${DESK}/add-credit`, { amount: '1' }, { Authorization: 'Bearer nobody' }],
  ['POST', `${DESK}/add-credit`, 'amount=1', { 'Content-Type': 'application/x-www-form-urlencoded' }],
  ['POST', `${ACCOUNTS}//sip-accounts/desk/add-credit`, { amount: '1' }],
  ['POST', `${DESK}/remove-all-credit`],
  ['POST', `${DESK}/remove-all-credit`],
  ['GET', `${ACCOUNTS}/acme`, undefined, { 'Ledger-At-Least': '5' }],
  ['GET', `${ACCOUNTS}/acme?limit=1&after=desk`],
  ['GET', `${ACCOUNTS}/acme?limit=0`],
  ['GET', `${ACCOUNTS}/acme?atRevision=2`],
  ['GET', `${ACCOUNTS}/acme?atRevision=1&asOf=2020-01-01T00:00:00Z`],
  ['GET', `${ACCOUNTS}/nobody`],
  ['GET', `${ACCOUNTS}/a%20b`],
  ['GET', `${ACCOUNTS}/acme`, undefined, { 'Ledger-At-Least': 'soon' }],
  ['GET', `${ACCOUNTS}/acme`, undefined, { 'Ledger-At-Least': '99999' }],
  ['GET', DESK],
  ['HEAD', DESK],
  ['GET', `${ACCOUNTS}/acme/history?type=CreditReclaimed`],
  ['GET', ACCOUNTS],
];

/** What differs between any two runs: times, ids and hashes made of them. */
const VARIES = /"(eventId|recordedAt|asOf|movedAt|hash|idempotencyKey)":"[^"]*"/g;

const send = (api: ApiApp, [method, path, body, headers]: Request): Promise<Answer> =>
  method === 'POST'
    ? api.post(path, body, { ...CORRELATED, ...headers })
    : api.send(path, { method, headers: { ...CORRELATED, ...headers } as Record<string, string> });

const shapeOf = ({ status, headers, text }: Answer) => ({
  status,
  headers: [...headers].filter(([name]) => name !== 'date'),
  text: text.replaceAll(VARIES, '"$1"'),
});

/** Not plain any more, so that Fastify has to see to it; the ledger does not mind. */
const forFastify = ([method, path, body, headers]: Request): Request => [
  method,
  path,
  body,
  { ...headers, 'Content-Encoding': 'identity' },
];

describe('a direct route', () => {
  let plain: ApiApp;
  let throughFastify: ApiApp;
  let throughNest: ApiApp;
  beforeAll(async () => {
    [plain, throughFastify, throughNest] = await Promise.all([
      ApiApp.start(),
      ApiApp.start(),
      ApiApp.startThroughNest(),
    ]);
  });
  afterAll(() => Promise.all([plain.close(), throughFastify.close(), throughNest.close()]));

  it.each(REQUESTS)('answers %s %s as it would through Nest', async (...request) => {
    const [ours, fastifys, nests] = await Promise.all([
      send(plain, request),
      send(throughFastify, forFastify(request)),
      send(throughNest, request),
    ]);
    expect(shapeOf(ours)).toEqual(shapeOf(nests));
    expect(shapeOf(fastifys)).toEqual(shapeOf(nests));
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MAX_LINE_BYTES } from '../../src/api/bulk/limits.js';
import type { Answer, ApiApp } from '../support/api-app.js';
import {
  add,
  addSip,
  BulkSender,
  NDJSON,
  open,
  purchase,
  removeAll,
  resultsOf,
  shortly,
  textOf,
} from '../support/bulk.js';
import { KEY } from '../support/service.js';

let api: ApiApp;
let bulk: BulkSender;

beforeAll(async () => {
  bulk = await BulkSender.start();
  ({ api } = bulk);
});
afterAll(() => api.close());

const purchaseOneByOne = (idempotencyKey: string, amount = '1'): Promise<Answer> =>
  api.post(
    '/v1/main-accounts/acme/purchases',
    { amount, reference: 'invoice 1' },
    { 'Idempotency-Key': idempotencyKey },
  );

describe('commands in bulk', () => {
  it('are any commands of any accounts, each with a result in the order of the lines', async () => {
    const answer = await bulk.send(
      [
        open('mix-1', 'o'),
        purchase('mix-1', '10', 'p'),
        open('mix-2', 'o'),
        addSip('mix-1', 'desk-1', 's'),
        add('mix-2', '1'),
        add('mix-1', '2.5'),
        removeAll('mix-1'),
        add('mix-1', '10.0001'),
      ],
      '',
      { 'X-Correlation-Id': 'run-1' },
    );
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const results = resultsOf(answer.text);
    expect(results.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(shortly(results)).toEqual([
      'booked',
      'booked',
      'booked',
      'booked',
      'sip-account-not-found',
      'booked',
      'booked',
      'insufficient-credit',
    ]);
    expect(results[5]).toMatchObject({
      status: 201,
      replayed: false,
      position: expect.stringMatching(/^\d+$/),
      receipt: {
        type: 'CreditAllocated',
        mainAccountId: 'mix-1',
        mainAccount: { available: '7.5000' },
        sipAccount: { available: '2.5000' },
      },
    });
    expect(results[7]).toMatchObject({
      status: 422,
      problem: {
        type: '/docs/problems#insufficient-credit',
        status: 422,
        available: '10.0000',
        requested: '10.0001',
        correlationId: 'run-1',
      },
    });
  });

  it('carry receipts byte for byte as single commands answer them, and positions that queries take', async () => {
    const single = await purchaseOneByOne('one-then-many');
    const answer = await bulk.send([
      purchase('acme', '1.0000', 'one-then-many'),
      purchase('acme', '2', 'many-then-one'),
    ]);
    const [again, fresh] = resultsOf(answer.text);
    expect(again).toMatchObject({ replayed: true, position: single.headers.get('ledger-position') });
    expect(answer.text).toContain(`"receipt":${single.text}}\n`);
    const repeated = await purchaseOneByOne('many-then-one', '2.0');
    expect(repeated.headers.get('idempotent-replayed')).toBe('true');
    expect(answer.text).toContain(`"receipt":${repeated.text}}\n`);
    const overview = await api.send('/v1/main-accounts/acme', {
      headers: { 'Ledger-At-Least': fresh?.position ?? '' },
    });
    expect(Number(overview.json['revision'])).toBeGreaterThanOrEqual(Number(fresh?.receipt?.['revision']));
  });

  it('are booked once, however often a key stands in a request or a request is sent', async () => {
    const lines = [
      purchase('acme', '1', 'twice'),
      purchase('acme', '1', 'twice'),
      purchase('acme', '2', 'twice'),
    ];
    expect(await bulk.book(lines)).toEqual(['booked', 'replayed', 'idempotency-key-reused']);
    expect(await bulk.book(lines)).toEqual(['replayed', 'replayed', 'idempotency-key-reused']);
  });

  it('are known by their keys also when the writer remembers them from the read models only', async () => {
    await api.funded('old', '10', 'desk-1');
    const lines = [add('old', '1', 'old-1'), add('old', '2', 'old-2')];
    const position = resultsOf((await bulk.send(lines)).text).at(-1)?.position ?? '';
    await api.send('/v1/main-accounts/old', { headers: { 'Ledger-At-Least': position } });
    // An append, after which the writer forgets what the read models hold.
    expect(await bulk.book([add('old', '3')])).toEqual(['booked']);
    expect(await bulk.book([...lines, add('old', '9', 'old-1'), add('old', '4')])).toEqual([
      'replayed',
      'replayed',
      'idempotency-key-reused',
      'booked',
    ]);
  });

  it('write who sent them and what they belong to into their events', async () => {
    await bulk.send([open('traced')], '', { 'X-Correlation-Id': 'run-2' });
    for await (const [event] of api.store.readStream('mainAccount-traced'))
      expect(JSON.parse(event?.metadata ?? '')).toMatchObject({
        actor: 'key:bootstrap',
        $correlationId: 'run-2',
        $causationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
  });

  it('come in any number: thousands of one account share appends and keep their order', async () => {
    await api.funded('busy', '3000', 'desk-1');
    api.store.appends.length = 0;
    const results = resultsOf((await bulk.send(Array.from({ length: 3000 }, () => add('busy', '1')))).text);
    expect(shortly(results)).toEqual(Array.from({ length: 3000 }, () => 'booked'));
    expect(results.map(({ receipt }) => receipt?.['revision'])).toEqual(
      Array.from({ length: 3000 }, (_, at) => at + 3),
    );
    expect(api.store.appends.length).toBeLessThan(40);
  });

  it('may be none at all, and the last one needs no newline', async () => {
    expect((await bulk.send([])).text).toBe('');
    const answer = await api.post('/v1/commands', JSON.stringify(purchase('acme', '1')), {
      'Content-Type': NDJSON,
    });
    expect(shortly(resultsOf(answer.text))).toEqual(['booked']);
  });
});

describe('a broken line', () => {
  it.each([
    ['is not JSON', '{"command":', 'invalid-request'],
    ['is empty', '', 'invalid-request'],
    ['is no object', '[]', 'invalid-request'],
    ['is null', 'null', 'invalid-request'],
    ['names no command', JSON.stringify({ ...purchase('acme', '1'), command: undefined }), 'invalid-request'],
    [
      'names an unknown command',
      JSON.stringify({ ...purchase('acme', '1'), command: 'toString' }),
      'invalid-request',
    ],
    ['names a field twice', '{"command":"AddCredit","amount":"1","amount":"2"}', 'invalid-request'],
    ['has an unknown field', JSON.stringify({ ...purchase('acme', '1'), amont: '1' }), 'invalid-request'],
    [
      'has no key',
      JSON.stringify({ ...purchase('acme', '1'), idempotencyKey: undefined }),
      'invalid-request',
    ],
    ['has a key with a space', JSON.stringify(purchase('acme', '1', 'a b')), 'invalid-request'],
    [
      'has an amount that is a number',
      JSON.stringify({ ...purchase('acme', '1'), amount: 1 }),
      'invalid-request',
    ],
    ['has an amount that is too precise', JSON.stringify(purchase('acme', '1.00001')), 'amount-too-precise'],
    ['is too long', 'x'.repeat(MAX_LINE_BYTES + 1), 'payload-too-large'],
    ['is very long', 'x'.repeat(40 * MAX_LINE_BYTES), 'payload-too-large'],
  ])('that %s refuses itself only', async (_, line, code) => {
    expect(await bulk.book([purchase('acme', '1'), line, purchase('acme', '1')])).toEqual([
      'booked',
      code,
      'booked',
    ]);
  });

  it('of bytes that are not UTF-8 refuses itself only', async () => {
    const response = await fetch(`${api.url}/v1/commands`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': NDJSON },
      body: Buffer.concat([
        Buffer.from([0x22, 0xff, 0x22, 0x0a]),
        Buffer.from(textOf([purchase('acme', '1')])),
      ]),
    });
    expect(shortly(resultsOf(await response.text()))).toEqual(['invalid-request', 'booked']);
  });

  it('says what is wrong with each field', async () => {
    const [result] = resultsOf((await bulk.send([{ ...add('acme', '1'), sipAccountId: 7, extra: 1 }])).text);
    expect(result?.problem).toMatchObject({
      status: 400,
      errors: expect.arrayContaining([
        expect.objectContaining({ field: 'sipAccountId' }),
        expect.objectContaining({ field: 'extra' }),
      ]),
    });
  });
});

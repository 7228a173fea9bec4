import { type IncomingHttpHeaders, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { json as jsonOf } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiApp } from '../support/api-app.js';
import { KEY } from '../support/service.js';

const ACCOUNTS = '/v1/main-accounts';
const PURCHASES = `${ACCOUNTS}/acme/purchases`;
const ADD = `${ACCOUNTS}/acme/sip-accounts/desk-1/add-credit`;
let api: ApiApp;

beforeAll(async () => {
  api = await ApiApp.start();
  await api.funded('acme', '100', 'desk-1');
});
afterAll(() => api.close());

describe('an amount', () => {
  it.each([
    ['1', 'a JSON number'],
    ['1.5', 'a JSON number with decimals'],
    ['null', 'null'],
    ['true', 'a boolean'],
    ['{}', 'an object'],
    ['["1"]', 'an array'],
    ['""', 'an empty string'],
    ['"1e3"', 'an exponent'],
    ['"01.00"', 'leading zeros'],
    ['" 1"', 'a space'],
    ['"1 "', 'a space at the end'],
    ['"+1"', 'a plus sign'],
    ['".5"', 'no digit before the point'],
    ['"1."', 'no digit after the point'],
    ['"1,5"', 'a comma'],
    ['"NaN"', 'NaN'],
    ['"Infinity"', 'Infinity'],
    ['"0x10"', 'hexadecimal digits'],
    ['"１"', 'a full-width digit'],
    ['"١"', 'an Arabic digit'],
    ['"1\\n"', 'a line feed at the end'],
    ['"1\\u0000"', 'a null character'],
  ])('%s is refused (%s)', async (amount) => {
    const answer = await api.post(ADD, `{"amount":${amount}}`);
    expect(answer.problem).toBe('400 invalid-request');
    expect(answer.fields).toEqual(['amount']);
    expect(String(answer.json['detail'])).toContain('plain decimal notation');
  });
});

describe('a field', () => {
  it('that is unknown is refused by name, beside what else is wrong', async () => {
    const answer = await api.post(PURCHASES, { amont: '1', reference: '' });
    expect(answer.problem).toBe('400 invalid-request');
    expect(answer.fields).toEqual(['amont', 'amount', 'reference']);
  });

  it.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString'])('%s is unknown', async (name) => {
    const answer = await api.post(ADD, `{"amount":"1","${name}":{"prototype":{"admin":true}}}`);
    expect(answer.problem).toBe('400 invalid-request');
    expect(answer.fields).toEqual([name]);
  });

  it.each(['{"amount":"1","amount":"2"}', '{"amount":"1","am\\u006funt":"1"}'])(
    'named twice is refused by name: %s',
    async (body) => {
      const answer = await api.post(ADD, body);
      expect(answer.problem).toBe('400 invalid-request');
      expect(answer.fields).toEqual(['amount']);
      expect(answer.json['detail']).toBe('The body names amount more than once');
    },
  );

  it.each(['eur', 'EURO', '€', 'ABC', 978, null])('currency %j is refused', async (currency) => {
    const answer = await api.post(ACCOUNTS, { mainAccountId: 'currency', currency });
    expect(answer.problem).toBe('400 invalid-request');
    expect(answer.fields).toEqual(['currency']);
  });

  it.each(['', 'x'.repeat(141), 'a\nb', 'a\u0007', '\ud800', 7])(
    'reference %j is refused',
    async (reference) => {
      const answer = await api.post(PURCHASES, { amount: '1', reference });
      expect(answer.problem).toBe('400 invalid-request');
      expect(answer.fields).toEqual(['reference']);
    },
  );

  it('reference may be 140 characters of any script', async () => {
    const answer = await api.post(PURCHASES, { amount: '1', reference: '💶'.repeat(140) });
    expect(answer.status).toBe(201);
  });

  it.each(['', '.', '..', 'a b', 'a/b', 'ä', 'x'.repeat(65), 1])('id %j is refused', async (sipAccountId) => {
    const answer = await api.post(`${ACCOUNTS}/acme/sip-accounts`, { sipAccountId });
    expect(answer.problem).toBe('400 invalid-request');
    expect(answer.fields).toEqual(['sipAccountId']);
  });

  it.each(['a%20b', 'a%2Fb', 'x'.repeat(65), 'a%00', '%E2%82%AC'])(
    'id %s in a path is refused',
    async (id) => {
      const answer = await api.post(`${ACCOUNTS}/${id}/purchases`, { amount: '1', reference: 'r' });
      expect(answer.problem).toBe('400 invalid-request');
      expect(answer.fields).toEqual(['mainAccountId']);
    },
  );

  it('id may be 64 of the characters that are safe in a path', async () => {
    const mainAccountId = `Az09._~-${'x'.repeat(56)}`;
    expect((await api.post(ACCOUNTS, { mainAccountId, currency: 'EUR' })).status).toBe(201);
    const answer = await api.post(`${ACCOUNTS}/${mainAccountId}/purchases`, { amount: '1', reference: 'r' });
    expect(answer.status).toBe(201);
  });
});

describe('an idempotency key', () => {
  const send = (key: string | null) => api.post(ADD, { amount: '0.0001' }, { 'Idempotency-Key': key });

  it.each([null, ''])('that is missing (%j) is asked for', async (key) =>
    expect((await send(key)).problem).toBe('400 idempotency-key-missing'),
  );

  it.each(['a b', 'ä', 'x'.repeat(256)])('of another form is refused', async (key) => {
    const answer = await send(key);
    expect(answer.problem).toBe('400 invalid-request');
    expect(answer.fields).toEqual(['Idempotency-Key']);
  });

  it('sent twice is refused, even the same one', async () => {
    const status = new Promise<number>((resolve, reject) => {
      const headers = {
        Authorization: `Bearer ${KEY}`,
        'Idempotency-Key': ['twice', 'twice'],
        'Content-Type': 'application/json',
      };
      httpRequest(api.url + ADD, { method: 'POST', headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on('error', reject)
        .end('{"amount":"1"}');
    });
    expect(await status).toBe(400);
  });

  it('of 255 characters of every visible kind is taken, and can be asked for', async () => {
    const visible = Array.from({ length: 94 }, (_, i) => String.fromCharCode(0x21 + i)).join('');
    const key = (visible + visible + visible).slice(0, 255);
    const booked = await send(key);
    expect(booked.status).toBe(201);
    const asked = await api.send(`${ACCOUNTS}/acme/commands/${encodeURIComponent(key)}`);
    expect(asked.text).toBe(booked.text);
  });

  it('that is missing comes before what is wrong with the body', async () =>
    expect((await api.post(ADD, {}, { 'Idempotency-Key': null })).problem).toBe(
      '400 idempotency-key-missing',
    ));
});

describe('a body', () => {
  it.each([
    '{',
    '{"amount":"1"',
    "{'amount':'1'}",
    '{"amount":"1",}',
    '{"amount":"1"} x',
    '\ufeff{"amount":"1"}',
  ])('that is no JSON is refused: %j', async (body) => {
    const answer = await api.post(ADD, body);
    expect(answer.problem).toBe('400 invalid-request');
    expect(answer.json['detail']).toBe('The body is not valid JSON');
  });

  it.each(['[]', 'null', '"x"', '1', '[{"amount":"1"}]'])(
    'that is no object is refused: %s',
    async (body) => {
      const answer = await api.post(ADD, body);
      expect(answer.problem).toBe('400 invalid-request');
      expect(answer.json['detail']).toBe('The body is not a JSON object');
    },
  );

  it('that is not there lacks its fields', async () =>
    expect((await api.post(PURCHASES)).fields).toEqual(['amount', 'reference']));

  it('that nests as deep as it may is refused like any other', async () => {
    const deep = `{"amount":${'['.repeat(8000)}${']'.repeat(8000)}}`;
    expect((await api.post(ADD, deep)).problem).toBe('400 invalid-request');
  });

  it('that is not UTF-8 is refused', async () => {
    const answer = await api.send(PURCHASES, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'utf' },
      body: Buffer.from('{"amount":"1","reference":"caf\xe9"}', 'latin1'),
    });
    expect(answer.problem).toBe('400 invalid-request');
    expect(answer.json['detail']).toBe('The body is not UTF-8');
  });

  it('above 16 KiB is refused, with the limit', async () => {
    const answer = await api.post(PURCHASES, { amount: '1', reference: 'x'.repeat(16_384) });
    expect(answer.problem).toBe('413 payload-too-large');
    expect(answer.json['detail']).toBe('A body has at most 16384 bytes');
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'multipart/form-data',
    'x',
  ])('of type %s is refused', async (type) => {
    const answer = await api.post(ADD, 'amount=1', { 'Content-Type': type });
    expect(answer.problem).toBe('415 unsupported-media-type');
  });

  it('that is packed is refused before it is read', async () => {
    const answer = await api.post(ADD, { amount: '0.0001' }, { 'Content-Encoding': 'gzip' });
    expect(answer.problem).toBe('415 unsupported-media-type');
  });

  it('of type JSON may name its charset', async () => {
    const answer = await api.post(
      ADD,
      { amount: '0.0001' },
      { 'Content-Type': 'application/json; charset=utf-8' },
    );
    expect(answer.status).toBe(201);
  });
});

describe('a path', () => {
  it.each(['/', '/v1', '/v1/nothing', '/v1/main-accounts/', '/v1/main-accounts/acme/nothing'])(
    '%s that is not there is a problem too',
    async (path) => expect((await api.send(path)).problem).toBe('404 not-found'),
  );

  it('that is malformed is a problem too', async () => {
    const answer = await api.send('/v1/main-accounts/%zz/purchases', { method: 'POST' });
    expect(answer.problem).toBe('400 invalid-request');
  });

  it.each([
    ['malformed', '/v1/main-accounts/%zz'],
    ['too long', `/v1/main-accounts/${'a'.repeat(800)}`],
  ])('that is %s is answered like every refusal', async (_, path) => {
    const { headers, json, problem } = await api.send(path);
    expect(problem).toBe('400 invalid-request');
    expect(json['errors']).toEqual([]);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  describe.each([
    ['with letters encoded', '/%76%31'],
    ['after an origin', 'http://ledger/v1'],
  ])('that is written %s is the same path', (_, prefix) => {
    const send = (method: string, path: string, headers: Record<string, string> = {}, body = '') =>
      new Promise<[number | undefined, Record<string, unknown>, IncomingHttpHeaders]>((resolve, reject) => {
        const { hostname, port } = new URL(api.url);
        const all = { Authorization: `Bearer ${KEY}`, ...headers };
        httpRequest({ hostname, port, method, path: prefix + path, headers: all }, (response) => {
          jsonOf(response).then(
            (answer) => resolve([response.statusCode, answer as Record<string, unknown>, response.headers]),
            reject,
          );
        }).end(body);
      });

    it('and takes no form for a command', async () => {
      const form = {
        'Content-Type': 'application/x-www-form-urlencoded',
        'Idempotency-Key': `form-${prefix}`,
      };
      const [status] = await send('POST', '/main-accounts/acme/purchases', form, 'amount=7&reference=form');
      expect(status).toBe(415);
    });

    it('and takes no single command for commands in bulk', async () => {
      const [status] = await send('POST', '/commands', { 'Content-Type': 'application/json' }, '{}');
      expect(status).toBe(415);
    });

    it('and its answers are not kept', async () => {
      const [status, , headers] = await send('GET', '/main-accounts/acme');
      expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
      const [missing, , others] = await send('GET', '/nothing');
      expect([missing, others['cache-control']]).toEqual([404, 'no-store']);
    });

    it('and says which methods it has', async () => {
      const [status, , { allow }] = await send('DELETE', '/main-accounts/acme?x=1');
      expect([status, allow]).toEqual([405, 'GET, HEAD']);
    });
  });

  it('says which methods it has', async () => {
    const answer = await api.send(ADD, { method: 'DELETE' });
    expect(answer.problem).toBe('405 method-not-allowed');
    expect(answer.headers.get('allow')).toBe('POST');
  });
});

it('answers a request that breaks off with nothing booked and goes on', async () => {
  const { hostname, port } = new URL(api.url);
  const socket = connect(Number(port), hostname);
  await new Promise<void>((connected) => socket.once('connect', connected));
  socket.write(
    `POST ${ADD} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${KEY}\r\nContent-Type: application/json\r\nIdempotency-Key: broken\r\n`,
  );
  socket.write('Content-Length: 16\r\n\r\n{"amount');
  await new Promise<void>((written) => socket.end(written));
  socket.destroy();
  const answer = await api.send(`${ACCOUNTS}/acme/commands/broken`);
  expect(answer.problem).toBe('404 command-not-found');
});

import { connect } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { setTimeout as passed } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BODY_LIMIT } from '../../src/api/json-body.js';
import { ApiApp } from '../support/api-app.js';
import { KEY } from '../support/service.js';

const ACME = '/v1/main-accounts/acme';
const DESK = `${ACME}/sip-accounts/desk`;
const ADD = `${DESK}/add-credit`;

let keys = 0;

describe('a request to a direct route', () => {
  let api: ApiApp;
  beforeAll(async () => {
    api = await ApiApp.start();
    await api.funded('acme', '100', 'desk');
  });
  afterAll(() => api.close());
  let seenBefore: number;
  beforeEach(() => {
    seenBefore = api.seenByFastify.length;
  });

  const seenSince = () => api.seenByFastify.slice(seenBefore);

  /** What comes back for pieces of bytes that are sent one after the other, each on its own. */
  const raw = async (...pieces: readonly (string | Buffer)[]): Promise<string> => {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1').setNoDelay();
    const answer = readAll(socket);
    for (const piece of pieces) {
      socket.write(piece);
      await passed(20);
    }
    return answer;
  };
  const head = (...more: readonly string[]): string =>
    [
      `POST ${ADD} HTTP/1.1`,
      'Host: ledger',
      `Authorization: Bearer ${KEY}`,
      `Idempotency-Key: plain-${++keys}`,
      'Connection: close',
      ...more,
      '\r\n',
    ].join('\r\n');

  it('is answered without Fastify', async () => {
    expect((await api.post(ADD, { amount: '1' })).status).toBe(201);
    expect((await api.send(ACME)).status).toBe(200);
    expect((await api.send(DESK)).status).toBe(200);
    expect(seenSince()).toEqual([]);
  });

  it('is answered without it when it says how its text is encoded', async () => {
    const headers = { 'Content-Type': 'application/json; charset=utf-8' };
    expect((await api.post(ADD, { amount: '1' }, headers)).status).toBe(201);
    expect(seenSince()).toEqual([]);
  });

  it('is read to its end when its body comes in pieces, and within a character', async () => {
    const body = Buffer.from('{"amount":"1","reference":"für Café"}');
    const cut = body.indexOf(0xc3) + 1;
    const header = head('Content-Type: application/json', `Content-Length: ${body.length}`).replace(
      ADD,
      `${ACME}/purchases`,
    );
    const answer = await raw(header, body.subarray(0, cut), body.subarray(cut));
    expect(answer).toMatch(/^HTTP\/1.1 201 /);
    expect(seenSince()).toEqual([]);
    const position = /ledger-position: (\d+)/.exec(answer)![1]!;
    const history = await api.send(`${ACME}/history`, { headers: { 'Ledger-At-Least': position } });
    expect(history.text).toContain('für Café');
  });

  it.each<[string, string, RequestInit & { readonly status: number }]>([
    ['a query', `${ACME}?limit=1`, { status: 200 }],
    ['an escape in its path', '/v1/main-accounts/%61cme', { status: 200 }],
    ['an id that is too long', `/v1/main-accounts/${'a'.repeat(65)}`, { status: 400 }],
    ['nobody behind it', ACME, { headers: { Authorization: 'Bearer nobody' }, status: 401 }],
  ])('is left to Fastify when it has %s', async (_, path, { status, ...init }) => {
    expect((await api.send(path, init)).status).toBe(status);
    expect(seenSince()).toEqual([path]);
  });

  it.each<[string, readonly string[], string, number]>([
    [
      'a body in chunks',
      ['Content-Type: application/json', 'Transfer-Encoding: chunked'],
      'e\r\n{"amount":"1"}\r\n0\r\n\r\n',
      201,
    ],
    [
      'a body that says it is packed',
      ['Content-Type: application/json', 'Content-Encoding: gzip', 'Content-Length: 14'],
      '{"amount":"1"}',
      415,
    ],
    [
      'a form for a body',
      ['Content-Type: application/x-www-form-urlencoded', 'Content-Length: 8'],
      'amount=1',
      415,
    ],
    ['a body of no type', ['Content-Length: 14'], '{"amount":"1"}', 415],
    ['no body', ['Content-Type: application/json', 'Content-Length: 0'], '', 400],
    [
      'too long a body',
      ['Content-Type: application/json', `Content-Length: ${BODY_LIMIT + 1}`],
      ' '.repeat(BODY_LIMIT + 1),
      413,
    ],
  ])('is left to Fastify when it has %s', async (_, headers, body, status) => {
    expect(await raw(head(...headers) + body)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(seenSince()).toEqual([ADD]);
  });

  it('is answered without Fastify when it has a body that nobody asked for, and the next one too', async () => {
    const ask = `GET ${DESK} HTTP/1.1\r\nHost: ledger\r\nAuthorization: Bearer ${KEY}\r\n`;
    const answers = await raw(`${ask}Content-Length: 2\r\n\r\n{}`, `${ask}Connection: close\r\n\r\n`);
    expect(answers.match(/HTTP\/1.1 200 /g)).toHaveLength(2);
    expect(seenSince()).toEqual([]);
  });

  it('is answered without Fastify when its body is as long as it may be', async () => {
    const body = '{"amount":"1"}'.padEnd(BODY_LIMIT);
    const headers = ['Content-Type: application/json', `Content-Length: ${BODY_LIMIT}`];
    expect(await raw(head(...headers) + body)).toMatch(/^HTTP\/1.1 201 /);
    expect(seenSince()).toEqual([]);
  });

  it('is left to Fastify when it names no host', async () => {
    const headers = ['Content-Type: application/json', 'Content-Length: 14'];
    const request = head(...headers).replace('Host: ledger\r\n', '');
    expect(await raw(`${request}{"amount":"1"}`)).toMatch(/^HTTP\/1.1 400 /);
    expect(seenSince()).toEqual([ADD]);
  });

  it('is told that the service is stopping while it is', async () => {
    const other = await ApiApp.start();
    const socket = connect(Number(new URL(other.url).port), '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    const closed = other.close();
    await passed(20);
    socket.write(
      `GET ${ACME} HTTP/1.1\r\nHost: ledger\r\nAuthorization: Bearer ${KEY}\r\nConnection: close\r\n\r\n`,
    );
    expect(await readAll(socket)).toMatch(/^HTTP\/1.1 503 .*"store-unavailable"/s);
    await closed;
  });
});

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as passed } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiApp } from '../support/api-app.js';
import { KEY } from '../support/service.js';

let api: ApiApp;
beforeAll(async () => {
  api = await ApiApp.start();
  await api.funded('acme', '10', 'desk-1');
});
afterAll(() => api.close());

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const open = (): Socket => connect(Number(new URL(api.url).port), '127.0.0.1');

/** All that comes until the connection ends. */
async function allOf(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (data: Buffer) => (text += String(data)));
  // A client that is cut off while it sends is reset.
  socket.on('error', () => undefined);
  await once(socket, 'close');
  return text;
}

function replyIn(text: string): Reply {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [status = '', ...headers] = head.split('\r\n');
  const named = headers.map((header) => header.split(': ') as [string, string]);
  return {
    status: Number(status.split(' ')[1]),
    headers: Object.fromEntries(named.map(([name, value]) => [name.toLowerCase(), value])),
    body: rest.join('\r\n\r\n'),
  };
}

async function tell(text: string, thenEnd = false): Promise<Reply> {
  const socket = open();
  socket.write(text);
  if (thenEnd) socket.end();
  return replyIn(await allOf(socket));
}

/** Events of an account that was opened, has bought credit once and has a SIP account. */
const FUNDED = 3;
const events = async (): Promise<number> => {
  let count = 0;
  for await (const page of api.store.readStream('mainAccount-acme')) count += page.length;
  return count;
};

const purchase = (rest: string, path = '/v1/main-accounts/acme/purchases', type = 'application/json') =>
  `POST ${path} HTTP/1.1\r\nHost: ledger\r\nAuthorization: Bearer ${KEY}\r\nContent-Type: ${type}\r\n${rest}`;
const BODY = '{"amount":"1","reference":"x"}';

describe('what is not a request', () => {
  it.each<[string, number, string, string, boolean?]>([
    ['a malformed request line', 400, 'invalid-request', 'HELLO\r\n\r\n'],
    ['a method that is none', 400, 'invalid-request', 'get / HTTP/1.1\r\nHost: ledger\r\n\r\n'],
    ['another protocol', 400, 'invalid-request', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a malformed header', 400, 'invalid-request', 'GET / HTTP/1.1\r\nHost ledger\r\n\r\n'],
    [
      'headers that are too large',
      431,
      'headers-too-large',
      `GET / HTTP/1.1\r\nHost: ledger\r\nX-Long: ${'x'.repeat(40_000)}\r\n\r\n`,
    ],
    ['a bad content length', 400, 'invalid-request', purchase('Content-Length: 1x\r\n\r\n{}')],
    [
      'two content lengths',
      400,
      'invalid-request',
      purchase('Content-Length: 30\r\nContent-Length: 3\r\n\r\n{}'),
    ],
    [
      'a bad chunk',
      400,
      'invalid-request',
      purchase(`Idempotency-Key: c\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n${BODY}\r\n`),
    ],
    [
      'endless extensions of a chunk',
      413,
      'payload-too-large',
      purchase(`Idempotency-Key: c\r\nTransfer-Encoding: chunked\r\n\r\n1e;${'x'.repeat(20_000)}`),
    ],
    [
      'an unfinished chunk',
      400,
      'invalid-request',
      purchase(`Idempotency-Key: c\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n${BODY}`),
      true,
    ],
    [
      'an unfinished body',
      400,
      'invalid-request',
      purchase(`Idempotency-Key: c\r\nContent-Length: 31\r\n\r\n${BODY}`),
      true,
    ],
    ['a request without a host', 400, 'invalid-request', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ])('is refused as a problem: %s', async (_, status, code, text, thenEnd = false) => {
    const { headers, body, ...reply } = await tell(text, thenEnd);
    expect(reply.status).toBe(status);
    expect(headers).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
      'content-length': String(Buffer.byteLength(body)),
      connection: 'close',
      'x-content-type-options': 'nosniff',
    });
    const problem = JSON.parse(body) as Record<string, unknown>;
    expect(problem).toMatchObject({ type: `/docs/problems#${code}`, status, code });
    expect(problem['detail']).toEqual(expect.any(String));
    expect(headers['x-correlation-id']).toBe(problem['correlationId']);
    expect(await events()).toBe(FUNDED);
  });

  it('keeps the correlation id, if that could be read', async () => {
    const reply = await tell(
      purchase('X-Correlation-Id: order-4711\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n'),
    );
    expect(JSON.parse(reply.body)).toMatchObject({ code: 'invalid-request', correlationId: 'order-4711' });
  });

  it('is answered once, also to a client that goes on sending', async () => {
    const socket = open();
    const all = allOf(socket);
    for (let i = 0; i < 20; i += 1) {
      socket.write('HELLO\r\n\r\n'.repeat(100));
      await passed(10);
    }
    expect((await all).match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  it('is answered to a client that reads only when it has sent all', async () => {
    const socket = open().pause();
    socket.on('error', () => undefined);
    for (let i = 0; i < 20; i += 1) {
      socket.write(i === 0 ? `GET / HTTP/1.1\r\nX-Long: ${'x'.repeat(200_000)}` : 'x'.repeat(200_000));
      await passed(5);
    }
    const all = allOf(socket);
    socket.resume();
    expect(replyIn(await all)).toMatchObject({ status: 431, body: expect.stringMatching(/"}$/) });
  });

  it('holds no connection whose client stays', async () => {
    const connected = once(api.app.getHttpServer(), 'connection') as Promise<[Socket]>;
    const client = connect({ port: Number(new URL(api.url).port), host: '127.0.0.1', allowHalfOpen: true });
    client.on('error', () => undefined).resume();
    const [connection] = await connected;
    client.write('HELLO\r\n\r\n');
    await once(connection, 'close');
    client.destroy();
  });

  it('is not an expectation that this server does not know', async () => {
    const reply = await tell(
      'GET /health HTTP/1.1\r\nHost: ledger\r\nExpect: rain\r\nConnection: close\r\n\r\n',
    );
    expect(JSON.parse(reply.body)).toMatchObject({ status: 404, code: 'not-found' });
  });

  it('is not a header behind two thousand others', async () => {
    const reply = await tell(
      `GET /v1/main-accounts/acme HTTP/1.1\r\nHost: ledger\r\nAuthorization: Bearer ${KEY}\r\n` +
        `${'X: y\r\n'.repeat(2100)}Ledger-At-Least: 99999\r\nConnection: close\r\n\r\n`,
    );
    expect(JSON.parse(reply.body)).toMatchObject({ status: 400, errors: [{ field: 'Ledger-At-Least' }] });
  });

  it('does not stand in the way of the answer to the command before it', async () => {
    const { release } = api.store.hold();
    const socket = open();
    const all = allOf(socket);
    const body = JSON.stringify({ sipAccountId: 'desk-2' });
    socket.write(
      purchase(
        `Idempotency-Key: before\r\nContent-Length: ${body.length}\r\n\r\n${body}HELLO\r\n\r\n`,
        '/v1/main-accounts/acme/sip-accounts',
      ),
    );
    await passed(100);
    release();
    const answers = await all;
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 201']);
    expect(answers).toContain('"sipAccountId":"desk-2"');
  });

  it('denies no line of commands that was read before it', async () => {
    const line = `${JSON.stringify({ command: 'AddSipAccount', idempotencyKey: 'line', mainAccountId: 'acme', sipAccountId: 'desk-3' })}\n`;
    const chunk = `${line.length.toString(16)}\r\n${line}\r\n`;
    const head = purchase('Transfer-Encoding: chunked\r\n\r\n', '/v1/commands', 'application/x-ndjson');
    const socket = open();
    const all = allOf(socket);
    socket.write(head + chunk);
    await passed(200);
    socket.write('x\r\n');
    expect((await all).match(/HTTP\/1\.1 \d+/g) ?? []).not.toContain('HTTP/1.1 400');
    expect(await tell(`${head}${chunk}x\r\n`)).toMatchObject({ body: '' });
  });
});

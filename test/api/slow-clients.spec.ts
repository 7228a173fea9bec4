import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as passed } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { IDLE_MS } from '../../src/api/bulk/limits.js';
import { ApiApp } from '../support/api-app.js';
import { NDJSON } from '../support/bulk.js';
import { KEY } from '../support/service.js';

let api: ApiApp;
let server: Server;
beforeAll(async () => {
  api = await ApiApp.start();
  server = api.app.getHttpServer();
});
afterAll(() => api.close());

it.each([
  ['headers', 'POST /v1/main-accounts HTTP/1.1\r\nHost: ledger\r\n'],
  [
    'body',
    'POST /v1/main-accounts HTTP/1.1\r\nHost: ledger\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"main',
  ],
  [
    'body, though it is known,',
    `POST /v1/main-accounts HTTP/1.1\r\nHost: ledger\r\nAuthorization: Bearer ${KEY}\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"main`,
  ],
])('a client that never ends its %s is let go', async (_, beginning) => {
  // What the service is set to takes half a minute to see; the test sets less.
  for (const limit of ['headersTimeout', 'requestTimeout'] as const) {
    expect(server[limit]).toBeGreaterThan(0);
    expect(server[limit]).toBeLessThanOrEqual(30_000);
  }
  const before = [server.headersTimeout, server.requestTimeout] as const;
  [server.headersTimeout, server.requestTimeout] = [100, 100];
  const client = connect(Number(new URL(api.url).port), '127.0.0.1');
  client.write(beginning);
  const [answer] = (await once(client, 'data')) as [Buffer];
  await once(client, 'close');
  [server.headersTimeout, server.requestTimeout] = before;
  expect(String(answer)).toMatch(/^HTTP\/1\.1 408 /);
  expect(String(answer)).toContain('"code":"request-timeout"');
});

it('a client with commands in bulk that neither sends nor takes anything is let go', async () => {
  const connected = once(server, 'connection');
  const client = connect(Number(new URL(api.url).port), '127.0.0.1');
  const headers = ['Host: ledger', `Authorization: Bearer ${KEY}`, `Content-Type: ${NDJSON}`];
  client.write(`POST /v1/commands HTTP/1.1\r\n${headers.join('\r\n')}\r\nContent-Length: 50\r\n\r\n`);
  const [socket] = (await connected) as [Socket];
  while (socket.timeout !== IDLE_MS) await passed(5);
  // As above: the test waits for less.
  socket.setTimeout(100);
  await once(client.resume(), 'close');
});

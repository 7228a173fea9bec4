import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { MAX_LINES, MAX_LINES_TOGETHER } from '../../src/api/bulk/limits.js';
import { ApiApp } from '../support/api-app.js';
import { KEY } from '../support/service.js';

const Authorization = `Bearer ${KEY}`;
let api: ApiApp;

beforeAll(async () => {
  api = await ApiApp.start();
});
afterAll(() => api.close());

/** What was answered, and to which port of the client: another one is another connection. */
const send = (agent: Agent, method: string, path: string, body = '') =>
  new Promise<{ status: number | undefined; port: number | undefined; text: string }>((resolve, reject) => {
    const headers = { Authorization, ...(body && { 'Content-Type': 'application/x-ndjson' }) };
    const sent = request(api.url + path, { agent, method, headers }, (answer) => {
      const { statusCode: status, socket } = answer;
      const port = socket.localPort;
      text(answer).then((all) => resolve({ status, port, text: all }), reject);
    });
    sent.on('error', reject).end(body);
  });

it.each([
  ['', MAX_LINES, 200],
  ['?atomic=main-account', MAX_LINES_TOGETHER, 413],
])(
  'what is beyond the limits of commands in bulk%s does not hold up the next request on its connection',
  async (query, limit, status) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    // Far more than what the connection and the parser hold.
    const tooLong = await send(agent, 'POST', `/v1/commands${query}`, 'x\n'.repeat(limit + 2_000_000));
    expect(tooLong.status).toBe(status);
    expect(tooLong.text).toContain('payload-too-large');
    const next = await send(agent, 'GET', '/v1/main-accounts');
    expect(next).toMatchObject({ status: 200, port: tooLong.port });
    agent.destroy();
  },
);

it('commands in bulk that have ended leave nothing on their connection', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const connected = once(api.app.getHttpServer(), 'connection');
  const listeners = async () => {
    await send(agent, 'POST', '/v1/commands', 'x\n');
    // Looked at when the request before it has ended.
    await send(agent, 'GET', '/v1/main-accounts');
    const [socket] = (await connected) as [Socket];
    return socket.listenerCount('close');
  };
  const before = await listeners();
  expect(await listeners()).toBe(before);
  agent.destroy();
});

it('results wait for a client that takes none before it has sent all, as many proxies and libraries do', async () => {
  const body = `${'x'.repeat(320)}\n`.repeat(MAX_LINES);
  const client = connect(Number(new URL(api.url).port), '127.0.0.1').pause();
  const headers = ['Host: ledger', `Authorization: ${Authorization}`, 'Connection: close'];
  headers.push('Content-Type: application/x-ndjson', `Content-Length: ${body.length}`);
  client.write(`POST /v1/commands HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${body}`);
  await once(client, 'drain');
  const answer = await text(client.resume());
  expect(answer.match(/"code":"invalid-request"/g)).toHaveLength(MAX_LINES);
});

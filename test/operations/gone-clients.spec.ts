import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as passed } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MAX_OPEN } from '../../src/api/bulk/limits.js';
import { JwksServer, signingKey, token } from '../support/issuer.js';
import { KEY, Service, temporaryDirectory } from '../support/service.js';

/** Long enough for a client to leave while its token is being checked. */
const ISSUER_TAKES_MS = 500;

describe('a client that leaves before its answer', () => {
  let jwks: JwksServer;
  let service: Service;
  beforeAll(async () => {
    jwks = await JwksServer.start(await signingKey('one'));
    jwks.delayMs = ISSUER_TAKES_MS;
    service = await Service.start(temporaryDirectory(), { ...jwks.env, LEDGER_LOG_LEVEL: 'debug' });
    await service.ready();
  });
  afterAll(async () => {
    await service.stop();
    jwks.stop();
  });

  const leave = async (path: string, credentials: string, type: string, body: string): Promise<void> => {
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    const head = [
      `POST ${path} HTTP/1.1`,
      'Host: ledger',
      `Authorization: Bearer ${credentials}`,
      `Content-Type: ${type}`,
      'Idempotency-Key: gone',
      'Content-Length: 100',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
    await passed(ISSUER_TAKES_MS / 5);
    socket.resetAndDestroy();
  };

  const linesOf = (path: string) =>
    service.output
      .filter((line) => line.startsWith('{') && line.includes(`"path":"${path}"`))
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('leaves no room taken for commands in bulk', async () => {
    const one = jwks.keys[0]!;
    for (let i = 0; i < MAX_OPEN; i++)
      await leave('/v1/commands', await token(one, { sub: `client-${i}` }), 'application/x-ndjson', '{}\n');
    await passed(2 * ISSUER_TAKES_MS);
    const answer = await fetch(`${service.url}/v1/commands`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/x-ndjson' },
      body: '{}\n',
    });
    expect(answer.status).toBe(200);
  });

  it('leaves none taken either by what waits behind other answers on its connection', async () => {
    for (let i = 0; i < MAX_OPEN; i++) {
      const socket = connect(Number(new URL(service.url).port), '127.0.0.1').pause();
      const head = `Host: ledger\r\nAuthorization: Bearer ${KEY}\r\n`;
      const commands = 'Content-Type: application/x-ndjson\r\nContent-Length: 1\r\n';
      // Far more than the connection takes of answers that nobody reads.
      socket.write(`GET /openapi.json HTTP/1.1\r\n${head}\r\n`.repeat(100));
      socket.write(`POST /v1/commands HTTP/1.1\r\n${head}${commands}\r\nx`);
      await passed(1000);
      socket.destroy();
      await passed(200);
    }
    const answer = await fetch(`${service.url}/v1/commands`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/x-ndjson' },
      body: '{}\n',
    });
    expect(answer.status).toBe(200);
  });

  it('leaves none taken by that either when it left while its token was checked', async () => {
    const issuer = await JwksServer.start(await signingKey('one'));
    issuer.delayMs = ISSUER_TAKES_MS;
    const other = await Service.start(temporaryDirectory(), issuer.env);
    const head = `Host: ledger\r\nAuthorization: Bearer ${await token(issuer.keys[0]!)}\r\n`;
    const commands = 'Content-Type: application/x-ndjson\r\nContent-Length: 1\r\n';
    for (let i = 0; i < MAX_OPEN; i++) {
      const socket = connect(Number(new URL(other.url).port), '127.0.0.1');
      socket.write(`GET /v1/main-accounts HTTP/1.1\r\n${head}\r\n`);
      socket.write(`POST /v1/commands HTTP/1.1\r\n${head}${commands}\r\nx`);
      setTimeout(() => socket.destroy(), ISSUER_TAKES_MS / 2);
    }
    await passed(2 * ISSUER_TAKES_MS);
    const answer = await fetch(`${other.url}/v1/commands`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/x-ndjson' },
      body: '{}\n',
    });
    expect(answer.status).toBe(200);
    await other.stop();
    issuer.stop();
  });

  it('is in the log and in the figures once, as 499, and not as a fault of ours', async () => {
    await leave('/v1/main-accounts', KEY, 'application/json', '{"ma');
    while (linesOf('/v1/main-accounts').length === 0) await passed(10);
    await passed(100);
    expect(linesOf('/v1/main-accounts')).toMatchObject([{ level: 'info', status: 499 }]);
    expect(service.output.filter((line) => line.includes('"level":"error"'))).toEqual([]);
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toContain(
      'ledger_http_request_seconds_count{method="POST",route="/v1/main-accounts",status="499"} 1',
    );
  });

  it('does no harm when it has sent a whole command', async () => {
    const path = '/v1/main-accounts/gone/purchases';
    await service.command('', { mainAccountId: 'gone', currency: 'EUR' }, 'open');
    const body = JSON.stringify({ amount: '1', reference: 'x' }).padEnd(100);
    for (let i = 0; i < 20; i++) {
      const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
      const head = `Host: ledger\r\nAuthorization: Bearer ${KEY}\r\nIdempotency-Key: gone-${i}\r\n`;
      const type = 'Content-Type: application/json\r\nContent-Length: 100\r\n';
      socket.write(`POST ${path} HTTP/1.1\r\n${head}${type}\r\n${body}`, () => socket.resetAndDestroy());
      await once(socket, 'close');
    }
    await passed(100);
    expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
    expect(linesOf(path).filter(({ status }) => status === 499)).not.toEqual([]);
  });
});

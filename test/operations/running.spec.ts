import { once } from 'node:events';
import { type ClientRequest, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { setTimeout as passed } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { KEY, Service, temporaryDirectory } from '../support/service.js';

const text = async (service: Service, path: string): Promise<string> =>
  (await fetch(`${service.url}${path}`)).text();

describe('the running service', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start(temporaryDirectory(), { LEDGER_LOG_LEVEL: 'trace' });
    await service.ready();
    const opened = await service.command('', { mainAccountId: 'acme', currency: 'EUR' }, 'open');
    await service.command('/acme/purchases', { amount: '10', reference: 'x' }, 'buy');
    await service.command('/acme/purchases', { amount: '10', reference: 'x' }, 'buy');
    await service.command('/nobody/purchases', { amount: '10', reference: 'x' }, 'buy');
    await service.query('/acme', opened.headers.get('Ledger-Position')!);
  });
  afterAll(async () => {
    await service.stop();
  });

  it('says that it is alive and ready', async () => {
    expect(JSON.parse(await text(service, '/health/live'))).toEqual({ status: 'ok' });
    expect(JSON.parse(await text(service, '/health/ready'))).toMatchObject({
      status: 'ok',
      details: { store: { status: 'up' }, projections: { status: 'up' } },
    });
  });

  it('shows its figures', async () => {
    // Without what is told of them, which begins as some of them do.
    const figures = (await text(service, '/metrics')).replaceAll(/^#.*\n/gm, '');
    for (const line of [
      'ledger_commands_total{type="OpenMainAccount",outcome="booked"} 1',
      'ledger_commands_total{type="PurchaseCredit",outcome="replayed"} 1',
      'ledger_commands_total{type="PurchaseCredit",outcome="main-account-not-found"} 1',
      'ledger_append_events_count 2',
      'ledger_commands_in_flight 0',
      'ledger_projections_ready 1',
      'ledger_projection_lag_events{projection="accounts"} ',
      'ledger_projection_lag_seconds{projection="names"} ',
      'ledger_http_request_seconds_count{method="POST",route="/v1/main-accounts/:mainAccountId/purchases",status="404"} 1',
    ])
      expect(figures).toContain(line);
  });

  it('logs what its parts have to say, once it has started too', async () => {
    const told = () => service.output.map((line) => (line.startsWith('{') ? JSON.parse(line) : {}) as object);
    const caughtUp = {
      level: 'info',
      context: 'Projections',
      msg: 'read models have reached the end of the log',
    };
    expect(told()).toContainEqual(expect.objectContaining(caughtUp));
  });

  it('logs every request with its correlation id, its route and who sent it', async () => {
    await fetch(`${service.url}/v1/main-accounts/acme?limit=77`, {
      headers: { Authorization: `Bearer ${KEY}`, 'X-Correlation-Id': 'order-4711' },
    });
    await fetch(`${service.url}/v1/main-accounts`, {
      headers: { Authorization: 'Bearer wrong-key-wrong-key' },
    });
    while (!service.output.some((line) => line.includes('"status":401'))) await passed(10);
    const lines = service.output
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.find(({ correlationId }) => correlationId === 'order-4711')).toMatchObject({
      level: 'debug',
      method: 'GET',
      path: '/v1/main-accounts/acme',
      status: 200,
      principal: 'key:bootstrap',
    });
    expect(lines.find(({ status }) => status === 401)).toMatchObject({ level: 'info' });
  });

  it('logs and counts what is refused before it reaches a route', async () => {
    await fetch(`${service.url}/v1/main-accounts/%zz`);
    await fetch(`${service.url}/v1/main-accounts`, { method: 'DELETE' });
    while (!service.output.some((line) => line.includes('"status":405'))) await passed(10);
    const refused = service.output.filter((line) => /"status":(400|405)/.test(line));
    expect(refused.map((line) => JSON.parse(line) as object)).toMatchObject([
      { level: 'info', path: '/v1/main-accounts/%zz', route: 'none', status: 400 },
      { level: 'info', path: '/v1/main-accounts', route: 'none', status: 405 },
    ]);
    const metrics = await text(service, '/metrics');
    expect(metrics).toContain('seconds_count{method="GET",route="none",status="400"} 1');
    expect(metrics).toContain('seconds_count{method="DELETE",route="none",status="405"} 1');
  });

  it('logs who sent what was refused for its role', async () => {
    const headers = { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' };
    const body = JSON.stringify({ name: 'invoices', roles: ['auditor'] });
    const made = await fetch(`${service.url}/v1/api-keys`, { method: 'POST', headers, body });
    const { id, key } = (await made.json()) as { id: string; key: string };
    await fetch(`${service.url}/v1/api-keys`, { headers: { Authorization: `Bearer ${key}` } });
    while (!service.output.some((line) => line.includes('"status":403'))) await passed(10);
    const line = service.output.find((each) => each.includes('"status":403')) ?? '';
    expect(JSON.parse(line)).toMatchObject({ principal: `key:${id}` });
  });

  it('never writes a key or a token to its log', () => {
    const output = service.output.join('\n');
    expect(output).not.toContain(KEY);
    expect(output).not.toContain('wrong-key');
    expect(output).not.toContain('limit=77');
  });
});

describe('a stop under load', () => {
  it('answers or refuses every command, loses none that was acknowledged, and ends with 0', async () => {
    const dataDir = temporaryDirectory();
    const service = await Service.start(dataDir, { LEDGER_LOG_LEVEL: 'info' });
    await service.command('', { mainAccountId: 'acme', currency: 'EUR' }, 'open');
    let sent = 0;
    let booked = 0;
    const client = async (): Promise<void> => {
      for (;;) {
        const answer = await service
          .command('/acme/purchases', { amount: '1', reference: 'x' }, `buy-${sent++}`)
          .catch(() => undefined);
        if (answer?.status === 201) booked += 1;
        else if (!answer || answer.status === 503) return;
        else throw new Error(`answered ${answer.status}`);
      }
    };
    const clients = Array.from({ length: 32 }, client);
    await passed(500);
    const started = performance.now();
    const code = await service.stop();
    await Promise.all(clients);
    expect(code).toBe(0);
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(booked).toBeGreaterThan(0);

    const again = await Service.start(dataDir);
    await again.ready();
    const { available } = await again.query<{ available: string }>('/acme');
    // A command whose answer was cut off may have been booked; one that was answered surely has.
    expect(Number(available)).toBeGreaterThanOrEqual(booked);
    expect(Number(available)).toBeLessThanOrEqual(sent);
    await again.stop();
  });
});

describe('a stop beside a connection that is kept', () => {
  it('serves it to its next answer: a request may be on its way, or have come in and not be read yet', async () => {
    const service = await Service.start(temporaryDirectory(), { LEDGER_LOG_LEVEL: 'info' });
    const client = connect(Number(new URL(service.url).port), '127.0.0.1');
    const get = 'GET /health/live HTTP/1.1\r\nHost: ledger\r\n\r\n';
    client.write(get);
    await once(client, 'data');
    const ended = service.stop();
    while (!service.output.some((line) => line.includes('"stopping"'))) await passed(5);
    client.write(get);
    expect(await readAll(client)).toMatch(/^HTTP\/1\.1 200 [^]*connection: close/i);
    expect(await ended).toBe(0);
  });
});

describe('a stop beside a silent connection', () => {
  it('does not wait for a request that never comes', async () => {
    const service = await Service.start(temporaryDirectory());
    const silent = connect(Number(new URL(service.url).port), '127.0.0.1');
    await once(silent, 'connect');
    const started = performance.now();
    expect(await service.stop()).toBe(0);
    expect(performance.now() - started).toBeLessThan(5000);
    silent.destroy();
  });
});

describe('a stop after connections have gone with requests that waited behind another one', () => {
  it('does not wait for answers that nobody can be given any more', async () => {
    const service = await Service.start(temporaryDirectory());
    await service.ready();
    const port = Number(new URL(service.url).port);
    for (let n = 0; n < 3; n++) {
      // It takes nothing, so the long answers ahead stay in the way of the others.
      const deaf = connect(port, '127.0.0.1').pause();
      const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: ledger\r\n\r\n`;
      deaf.write(get('/openapi.json').repeat(40) + get('/health/live').repeat(500));
      await passed(300);
      deaf.destroy();
    }
    const idle = connect(port, '127.0.0.1');
    await once(idle, 'connect');
    const started = performance.now();
    expect(await service.stop()).toBe(0);
    expect(performance.now() - started).toBeLessThan(5000);
    idle.destroy();
  });
});

describe('a stop while a request is on its way in', () => {
  let service: Service;
  let request: ClientRequest;
  let answer: Promise<number | undefined>;
  const body = JSON.stringify({ mainAccountId: 'acme', currency: 'EUR' });

  afterEach(() => Service.killAll());
  beforeEach(async () => {
    service = await Service.start(temporaryDirectory());
    request = httpRequest(`${service.url}/v1/main-accounts`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${KEY}`,
        'Idempotency-Key': 'open',
        'Content-Type': 'application/json',
        'Content-Length': body.length,
      },
    });
    answer = new Promise((resolve) => {
      request.once('error', () => resolve(undefined));
      request.once('response', (response) => resolve(response.resume().statusCode));
    });
    request.write(body.slice(0, 10));
    await passed(200);
  });

  it('waits for the rest of it, and answers', async () => {
    const ended = service.stop();
    await passed(300);
    await expect(fetch(`${service.url}/health/ready`)).rejects.toThrow('fetch failed');
    request.end(body.slice(10));
    expect(await answer).toBe(201);
    expect(await ended).toBe(0);
  });

  it('refuses one that comes later, on a connection that was open: as a problem, or on a page for a browser', async () => {
    const port = Number(new URL(service.url).port);
    const clients = ['GET /v1/main-accounts', 'GET /accounts'].map((get) => {
      const client = connect(port, '127.0.0.1');
      client.write(`${get} HTTP/1.1\r\nHost: ledger\r\n`);
      return client;
    });
    await passed(200);
    const ended = service.stop();
    await passed(1000);
    const later = await Promise.all(
      clients.map(async (client) => {
        client.write('Accept: text/html\r\n\r\n');
        return readAll(client);
      }),
    );
    for (const each of later) expect(each).toMatch(/^HTTP\/1\.1 503 [^]*retry-after: 1/i);
    expect(later[0]).toContain('application/problem+json');
    expect(later[0]).toContain('"code":"store-unavailable"');
    expect(later[1]).toContain('text/html');
    expect(later[1]).toContain('href="/accounts">Try again<');
    request.end(body.slice(10));
    expect(await answer).toBe(201);
    expect(await ended).toBe(0);
  });

  it('takes a signal that arrives twice at once for one', async () => {
    const ended = service.stop();
    // Of the same kind the system would make one of the two.
    service.process.kill('SIGINT');
    await passed(300);
    request.end(body.slice(10));
    expect(await answer).toBe(201);
    expect(await ended).toBe(0);
  });

  it('is killed by itself on a second signal: an exit would abort while a thread is in the database', async () => {
    const ended = service.stop();
    await passed(700);
    const closed = once(service.process, 'close');
    service.process.kill('SIGINT');
    await ended;
    expect(service.process.signalCode).toBe('SIGKILL');
    await closed;
    // And not because the stop took too long.
    expect(service.output.at(-1)).toContain('a second SIGINT');
    expect(await answer).toBeUndefined();
  });
});

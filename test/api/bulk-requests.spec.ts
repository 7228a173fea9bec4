import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MAX_BYTES, MAX_LINE_BYTES, MAX_LINES, MAX_OPEN } from '../../src/api/bulk/limits.js';
import { OutcomeUnknown, StoreUnavailable } from '../../src/event-store/errors.js';
import type { ApiApp } from '../support/api-app.js';
import {
  BulkSender,
  NDJSON,
  open,
  purchase,
  type Result,
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

describe('a request with commands in bulk', () => {
  it.each(['application/json', 'text/plain', 'application/x-www-form-urlencoded'])(
    'is not %s',
    async (type) => {
      const answer = await bulk.send([purchase('acme', '1')], '', { 'Content-Type': type });
      expect(answer.problem).toBe('415 unsupported-media-type');
    },
  );

  it('is the only one that takes lines', async () => {
    const answer = await api.post('/v1/main-accounts', textOf([open('x')]), { 'Content-Type': NDJSON });
    expect(answer.problem).toBe('415 unsupported-media-type');
  });

  it('needs credentials', async () => {
    const answer = await bulk.send([purchase('acme', '1')], '', {
      Authorization: 'Bearer no-such-key-0123456789',
    });
    expect(answer.problem).toBe('401 unauthenticated');
  });

  it('is read up to the limit of lines, and says at which line that was', async () => {
    const line = 'x\n';
    const body = line.repeat(MAX_LINES) + textOf([open('beyond')]);
    const answer = await api.post('/v1/commands', body, { 'Content-Type': NDJSON });
    const results = resultsOf(answer.text);
    expect(results).toHaveLength(MAX_LINES + 1);
    expect(results.at(-1)).toMatchObject({
      line: MAX_LINES + 1,
      status: 413,
      problem: { code: 'payload-too-large', detail: expect.stringContaining(`${MAX_LINES} lines`) },
    });
    expect(await bulk.eventsOf('beyond')).toBe(0);
  });

  it.each([
    ['lines that fit', MAX_LINE_BYTES, 'invalid-request'],
    ['lines that are too long', MAX_LINE_BYTES + 1, 'payload-too-large'],
  ])('is read up to the limit of bytes, and says at which line that was: %s', async (_, bytes, code) => {
    const line = `${'x'.repeat(bytes)}\n`;
    const answer = await api.post('/v1/commands', line.repeat(1026), { 'Content-Type': NDJSON });
    const results = resultsOf(answer.text);
    expect(results).toHaveLength(1025);
    expect(results.at(-2)?.problem?.code).toBe(code);
    expect(results.at(-1)).toMatchObject({ line: 1025, status: 413 });
    expect(results.at(-1)?.problem?.detail).toMatch(`${MAX_BYTES} bytes`);
  });

  it('gets each result as soon as it is there', async () => {
    const client = await Client.open();
    client.write(textOf([purchase('acme', '1')]));
    expect(shortly(await client.results(1))).toEqual(['booked']);
    client.write(textOf([purchase('acme', '1'), 'broken']));
    expect(shortly(await client.results(3))).toEqual(['booked', 'booked', 'invalid-request']);
    client.end();
    await client.closed;
    expect(client.text).toMatch(/0\r\n\r\n$/);
  });

  it.each(['X-Forwarded-For: 192.0.2.1', 'Forwarded: for=192.0.2.1', 'Via: 1.1 proxy'])(
    'that came through a proxy, which may send no more once it is answered, gets them when all is in: %s',
    async (header) => {
      const client = await Client.open('', header);
      client.write(textOf([purchase('acme', '1')]));
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(client.text).toBe('');
      client.write(textOf(['broken']));
      client.end();
      await client.closed;
      expect(shortly(await client.results(2))).toEqual(['booked', 'invalid-request']);
    },
  );

  it('that breaks off has booked what was read, each line as its key says; a torn line is no line', async () => {
    const lines = [purchase('acme', '1', 'gone-1'), purchase('acme', '1', 'gone-2')];
    const client = await Client.open();
    client.write(textOf([lines[0]!]));
    await client.results(1);
    client.write(textOf([lines[1]!]) + JSON.stringify(purchase('acme', '1', 'gone-3')));
    await client.results(2);
    client.destroy();
    expect(await bulk.book([...lines, purchase('acme', '1', 'gone-3')])).toEqual([
      'replayed',
      'replayed',
      'booked',
    ]);
  });

  it('that breaks off has booked nothing when it was all or none', async () => {
    const client = await Client.open('?atomic=main-account');
    client.write(textOf([purchase('acme', '1', 'gone-4'), purchase('acme', '1', 'gone-5')]));
    await new Promise((resolve) => setTimeout(resolve, 50));
    client.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await bulk.book([purchase('acme', '1', 'gone-4')])).toEqual(['booked']);
  });

  it.each([
    ['is all or none', '?atomic=main-account', 'Accept: */*'],
    ['came through a proxy', '', 'Via: 1.1 proxy'],
  ])('that %s goes on when its client leaves once all is in, and keeps its room', async (how, ...of) => {
    const lines = Array.from({ length: MAX_OPEN }, (_, at) => open(`left-${how.length}-${at}`));
    const { release } = api.store.hold();
    const { onAppend } = api.store;
    let held = 0;
    api.store.onAppend = (append) => {
      held += 1;
      return onAppend(append);
    };
    const clients = await Promise.all(lines.map(() => Client.open(...of)));
    for (const [at, client] of clients.entries()) {
      client.write(textOf([lines[at]!]));
      client.end();
    }
    while (held < MAX_OPEN) await new Promise((resolve) => setTimeout(resolve, 5));
    for (const client of clients) client.destroy();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await bulk.send(['broken'])).problem).toBe('429 too-many-requests');
    release();
    let answer = await bulk.send(lines);
    while (answer.status === 429) answer = await bulk.send(lines);
    expect(shortly(resultsOf(answer.text))).toEqual(lines.map(() => 'replayed'));
  });

  it('is one of few: the next is turned away until one has ended', async () => {
    const clients = await Promise.all(Array.from({ length: MAX_OPEN }, () => Client.open()));
    for (const client of clients) client.write(textOf([purchase('acme', '1')]));
    for (const client of clients) await client.results(1);
    const answer = await bulk.send([purchase('acme', '1')]);
    expect(answer.problem).toBe('429 too-many-requests');
    expect(answer.headers.get('retry-after')).toBe('1');
    for (const client of clients) client.destroy();
    await Promise.all(clients.map(({ closed }) => closed));
    let again = await bulk.send([purchase('acme', '1')]);
    while (again.status === 429) again = await bulk.send([purchase('acme', '1')]);
    expect(again.status).toBe(200);
  });
});

describe('a fault', () => {
  it('of the store is the result of the lines that met it, and the rest goes on', async () => {
    let calls = 0;
    const faults = [
      new StoreUnavailable('disk full at /var'),
      new OutcomeUnknown('no reply'),
      new TypeError('secret'),
    ];
    api.store.onAppend = (append) => {
      const fault = faults[calls++];
      return fault ? Promise.reject(fault) : append();
    };
    const lines = ['f1', 'f2', 'f3', 'f4'].map((id) => open(id));
    const told: unknown[] = [];
    const tell = (message: unknown) => told.push(message);
    api.app.useLogger({ log: () => undefined, warn: tell, error: tell });
    const answer = await bulk.send([...lines, 'broken'], '', { 'X-Correlation-Id': 'run-3' });
    api.app.useLogger(false);
    api.store.onAppend = (append) => append();
    const correlationId = 'run-3';
    expect(told).toEqual([
      { message: 'store-unavailable: disk full at /var', correlationId },
      { message: 'outcome-unknown: no reply', correlationId },
      { message: 'secret', correlationId, stack: expect.stringContaining('TypeError: secret') },
    ]);
    expect(shortly(resultsOf(answer.text))).toEqual([
      'store-unavailable',
      'outcome-unknown',
      'internal-error',
      'booked',
      'invalid-request',
    ]);
    expect(answer.text).not.toMatch(/\/var|secret/);
    // The fourth was booked by the same request.
    expect(resultsOf(answer.text)[0]?.problem?.detail).toMatch(/nothing was booked by this attempt/);
    expect(resultsOf(answer.text)[2]?.problem?.detail).toMatch(/not known whether .* booked.*same idemp/);
    expect(await bulk.book(lines)).toEqual(['booked', 'booked', 'booked', 'replayed']);
  });
});

/** A client that sends and receives as it likes, over a bare connection. */
class Client {
  text = '';
  readonly closed: Promise<void>;

  private constructor(private readonly socket: ReturnType<typeof connect>) {
    socket.setEncoding('utf8').on('data', (data: string) => (this.text += data));
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  static async open(query = '', header = 'Accept: */*'): Promise<Client> {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    const client = new Client(socket);
    socket.write(
      `POST /v1/commands${query} HTTP/1.1\r\nHost: ledger\r\nAuthorization: Bearer ${KEY}\r\n` +
        `Content-Type: ${NDJSON}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n${header}\r\n\r\n`,
    );
    return client;
  }

  write(text: string): void {
    this.socket.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
  }

  end(): void {
    this.socket.write('0\r\n\r\n');
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** Waits until so many results are in. */
  async results(count: number): Promise<Result[]> {
    for (;;) {
      const lines = this.text.split(/\r?\n/).filter((line) => line.startsWith('{') && line.endsWith('}'));
      if (lines.length >= count) return lines.map((line) => JSON.parse(line) as Result);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

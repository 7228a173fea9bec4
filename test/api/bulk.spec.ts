import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OutcomeUnknown, StoreUnavailable } from '../../src/event-store/errors.js';
import { MAX_LINE_BYTES, MAX_LINES, MAX_LINES_TOGETHER, MAX_OPEN } from '../../src/api/bulk/limits.js';
import { type Answer, ApiApp } from '../support/api-app.js';
import { KEY } from '../support/service.js';

const NDJSON = 'application/x-ndjson';
let api: ApiApp;

beforeAll(async () => {
  api = await ApiApp.start();
  await api.funded('acme', '1000', 'desk-1');
});
afterAll(() => api.close());

interface Result {
  readonly line: number;
  readonly status: number;
  readonly replayed?: boolean;
  readonly position?: string;
  readonly receipt?: Record<string, unknown>;
  readonly problem?: { readonly code: string; readonly detail: string; readonly [member: string]: unknown };
}

let keys = 0;
const freshKey = () => `bulk-${++keys}`;

const open = (mainAccountId: string, idempotencyKey = freshKey()) => ({
  command: 'OpenMainAccount',
  idempotencyKey,
  mainAccountId,
  currency: 'EUR',
});
const purchase = (mainAccountId: string, amount: string, idempotencyKey = freshKey()) => ({
  command: 'PurchaseCredit',
  idempotencyKey,
  mainAccountId,
  amount,
  reference: 'invoice 1',
});
const addSip = (mainAccountId: string, sipAccountId: string, idempotencyKey = freshKey()) => ({
  command: 'AddSipAccount',
  idempotencyKey,
  mainAccountId,
  sipAccountId,
});
const add = (
  mainAccountId: string,
  amount: string,
  idempotencyKey = freshKey(),
  sipAccountId = 'desk-1',
) => ({
  command: 'AddCredit',
  idempotencyKey,
  mainAccountId,
  sipAccountId,
  amount,
});
const removeAll = (mainAccountId: string, idempotencyKey = freshKey(), sipAccountId = 'desk-1') => ({
  command: 'RemoveAllCredit',
  idempotencyKey,
  mainAccountId,
  sipAccountId,
});

const textOf = (lines: readonly (object | string)[]): string =>
  lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');

const send = (lines: readonly (object | string)[], query = '', headers: Record<string, string> = {}) =>
  api.post(`/v1/commands${query}`, textOf(lines), {
    'Idempotency-Key': null,
    'Content-Type': NDJSON,
    ...headers,
  });

const resultsOf = (text: string): Result[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Result);

/** Each result in short: `booked`, `replayed`, or the code of its problem. */
const shortly = (results: readonly Result[]): string[] =>
  results.map(({ problem, replayed }) => problem?.code ?? (replayed ? 'replayed' : 'booked'));

const book = async (lines: readonly (object | string)[], query = ''): Promise<string[]> => {
  const results = resultsOf((await send(lines, query)).text);
  expect(results.map(({ line }) => line)).toEqual(lines.map((_, at) => at + 1));
  return shortly(results);
};

const purchaseOneByOne = (idempotencyKey: string, amount = '1'): Promise<Answer> =>
  api.post(
    '/v1/main-accounts/acme/purchases',
    { amount, reference: 'invoice 1' },
    { 'Idempotency-Key': idempotencyKey },
  );

const eventsOf = async (mainAccountId: string): Promise<number> => {
  let count = 0;
  for await (const page of api.store.readStream(`mainAccount-${mainAccountId}`)) count += page.length;
  return count;
};

describe('commands in bulk', () => {
  it('are any commands of any accounts, each with a result in the order of the lines', async () => {
    const answer = await send(
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
    const answer = await send([
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
    expect(await book(lines)).toEqual(['booked', 'replayed', 'idempotency-key-reused']);
    expect(await book(lines)).toEqual(['replayed', 'replayed', 'idempotency-key-reused']);
  });

  it('are known by their keys also when the writer remembers them from the read models only', async () => {
    await api.funded('old', '10', 'desk-1');
    const lines = [add('old', '1', 'old-1'), add('old', '2', 'old-2')];
    const position = resultsOf((await send(lines)).text).at(-1)?.position ?? '';
    await api.send('/v1/main-accounts/old', { headers: { 'Ledger-At-Least': position } });
    // An append, after which the writer forgets what the read models hold.
    expect(await book([add('old', '3')])).toEqual(['booked']);
    expect(await book([...lines, add('old', '9', 'old-1'), add('old', '4')])).toEqual([
      'replayed',
      'replayed',
      'idempotency-key-reused',
      'booked',
    ]);
  });

  it('write who sent them and what they belong to into their events', async () => {
    await send([open('traced')], '', { 'X-Correlation-Id': 'run-2' });
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
    const results = resultsOf((await send(Array.from({ length: 3000 }, () => add('busy', '1')))).text);
    expect(shortly(results)).toEqual(Array.from({ length: 3000 }, () => 'booked'));
    expect(results.map(({ receipt }) => receipt?.['revision'])).toEqual(
      Array.from({ length: 3000 }, (_, at) => at + 3),
    );
    expect(api.store.appends.length).toBeLessThan(40);
  });

  it('may be none at all, and the last one needs no newline', async () => {
    expect((await send([])).text).toBe('');
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
    expect(await book([purchase('acme', '1'), line, purchase('acme', '1')])).toEqual([
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
    const [result] = resultsOf((await send([{ ...add('acme', '1'), sipAccountId: 7, extra: 1 }])).text);
    expect(result?.problem).toMatchObject({
      status: 400,
      errors: expect.arrayContaining([
        expect.objectContaining({ field: 'sipAccountId' }),
        expect.objectContaining({ field: 'extra' }),
      ]),
    });
  });
});

describe('the lines of a main account, all or none', () => {
  const atomic = '?atomic=main-account';

  it('are all booked with one append an account', async () => {
    api.store.appends.length = 0;
    const lines = ['a', 'b'].flatMap((name) => [
      open(`whole-${name}`),
      purchase(`whole-${name}`, '5'),
      addSip(`whole-${name}`, 'desk-1'),
    ]);
    expect(await book(lines, atomic)).toEqual(Array.from({ length: 6 }, () => 'booked'));
    expect(api.store.appends).toEqual([3, 3]);
  });

  it('are none of them booked when one is refused; other accounts are', async () => {
    await api.funded('part-1', '5', 'desk-1');
    await api.funded('part-2', '5', 'desk-1');
    const lines = [
      add('part-1', '3'),
      add('part-2', '3'),
      add('part-1', '3'),
      add('part-2', '2'),
      add('part-1', '1'),
    ];
    expect(await book(lines, atomic)).toEqual([
      'batch-not-booked',
      'booked',
      'insufficient-credit',
      'booked',
      'batch-not-booked',
    ]);
    expect([await eventsOf('part-1'), await eventsOf('part-2')]).toEqual([3, 5]);
    const repaired = [lines[0]!, lines[1]!, lines[3]!, lines[4]!];
    expect(await book(repaired, atomic)).toEqual(['booked', 'replayed', 'replayed', 'booked']);
  });

  it('are none of them booked when one is broken; other accounts are', async () => {
    await api.funded('torn-1', '5', 'desk-1');
    await api.funded('torn-2', '5', 'desk-1');
    expect(await book([add('torn-1', '1'), add('torn-2', '1'), add('torn-1', '-1')], atomic)).toEqual([
      'batch-not-booked',
      'booked',
      'amount-not-positive',
    ]);
    expect(await eventsOf('torn-1')).toBe(3);
  });

  it('are none of them booked, of no account, when it cannot be read whose a line is', async () => {
    expect(await book([purchase('acme', '1'), '{"command"', open('never')], atomic)).toEqual([
      'batch-not-booked',
      'invalid-request',
      'batch-not-booked',
    ]);
    expect(await eventsOf('never')).toBe(0);
  });

  it.each([
    ['broken', add('again-1', '-1'), 'amount-not-positive'],
    ['of nobody knows which account', '', 'invalid-request'],
  ])(
    'are answered as replays where they were booked earlier, also beside a line that is %s',
    async (...of) => {
      const [name, line, code] = of;
      const account = `again-${name.length}`;
      await api.funded(account, '5', 'desk-1');
      const booked = [purchase(account, '1'), add(account, '2')];
      expect(await book(booked, atomic)).toEqual(['booked', 'booked']);
      const other = typeof line === 'string' ? line : { ...line, mainAccountId: account };
      expect(await book([...booked, other, add(account, '900'), add(account, '1')], atomic)).toEqual([
        'replayed',
        'replayed',
        code,
        'insufficient-credit',
        'batch-not-booked',
      ]);
      expect(await eventsOf(account)).toBe(5);
    },
  );

  it('are refused whole beside a line of nobody knows which account, though they are 400', async () => {
    const lines = Array.from({ length: 400 }, () => purchase('acme', '1'));
    const before = await eventsOf('acme');
    expect(new Set(await book([...lines, ''], atomic))).toEqual(
      new Set(['batch-not-booked', 'invalid-request']),
    );
    expect(await eventsOf('acme')).toBe(before);
  });

  it('are at most 400', async () => {
    const lines = Array.from({ length: 401 }, () => purchase('acme', '1'));
    expect(new Set(await book(lines, atomic))).toEqual(new Set(['batch-too-large']));
    expect(new Set(await book(lines.slice(1), atomic))).toEqual(new Set(['booked']));
  });

  it('are not booked when there are too many lines in all', async () => {
    const before = await eventsOf('acme');
    const lines = Array.from({ length: MAX_LINES_TOGETHER + 1 }, () => purchase('acme', '1'));
    expect((await send(lines, atomic)).problem).toBe('413 payload-too-large');
    expect(await eventsOf('acme')).toBe(before);
  });

  it('are asked for with a word that is known', async () => {
    expect((await send([purchase('acme', '1')], '?atomic=all')).problem).toBe('400 invalid-request');
    expect((await send([purchase('acme', '1')], '?atom=1')).problem).toBe('400 invalid-request');
  });
});

describe('a request with commands in bulk', () => {
  it.each(['application/json', 'text/plain', 'application/x-www-form-urlencoded'])(
    'is not %s',
    async (type) => {
      const answer = await send([purchase('acme', '1')], '', { 'Content-Type': type });
      expect(answer.problem).toBe('415 unsupported-media-type');
    },
  );

  it('is the only one that takes lines', async () => {
    const answer = await api.post('/v1/main-accounts', textOf([open('x')]), { 'Content-Type': NDJSON });
    expect(answer.problem).toBe('415 unsupported-media-type');
  });

  it('needs credentials', async () => {
    const answer = await send([purchase('acme', '1')], '', {
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
      problem: { code: 'payload-too-large' },
    });
    expect(await eventsOf('beyond')).toBe(0);
  });

  it('is read up to the limit of bytes, and says at which line that was', async () => {
    const line = `${'x'.repeat(MAX_LINE_BYTES)}\n`;
    const answer = await api.post('/v1/commands', line.repeat(1025), { 'Content-Type': NDJSON });
    const results = resultsOf(answer.text);
    expect(results).toHaveLength(1025);
    expect(results.at(-2)?.problem?.code).toBe('invalid-request');
    expect(results.at(-1)).toMatchObject({ line: 1025, status: 413 });
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

  it('that breaks off has booked what was read, each line as its key says; a torn line is no line', async () => {
    const lines = [purchase('acme', '1', 'gone-1'), purchase('acme', '1', 'gone-2')];
    const client = await Client.open();
    client.write(textOf([lines[0]!]));
    await client.results(1);
    client.write(textOf([lines[1]!]) + JSON.stringify(purchase('acme', '1', 'gone-3')));
    await client.results(2);
    client.destroy();
    expect(await book([...lines, purchase('acme', '1', 'gone-3')])).toEqual([
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
    expect(await book([purchase('acme', '1', 'gone-4')])).toEqual(['booked']);
  });

  it('that is all or none goes on when its client leaves once all is in, and keeps its room until then', async () => {
    const lines = Array.from({ length: MAX_OPEN }, (_, at) => open(`left-${at}`));
    const { release } = api.store.hold();
    const { onAppend } = api.store;
    let held = 0;
    api.store.onAppend = (append) => {
      held += 1;
      return onAppend(append);
    };
    const clients = await Promise.all(lines.map(() => Client.open('?atomic=main-account')));
    for (const [at, client] of clients.entries()) {
      client.write(textOf([lines[at]!]));
      client.end();
    }
    while (held < MAX_OPEN) await new Promise((resolve) => setTimeout(resolve, 5));
    for (const client of clients) client.destroy();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await send(['broken'])).problem).toBe('429 too-many-requests');
    release();
    let answer = await send(lines);
    while (answer.status === 429) answer = await send(lines);
    expect(shortly(resultsOf(answer.text))).toEqual(lines.map(() => 'replayed'));
  });

  it('is one of few: the next is turned away until one has ended', async () => {
    const clients = await Promise.all(Array.from({ length: MAX_OPEN }, () => Client.open()));
    for (const client of clients) client.write(textOf([purchase('acme', '1')]));
    for (const client of clients) await client.results(1);
    const answer = await send([purchase('acme', '1')]);
    expect(answer.problem).toBe('429 too-many-requests');
    expect(answer.headers.get('retry-after')).toBe('1');
    for (const client of clients) client.destroy();
    await Promise.all(clients.map(({ closed }) => closed));
    let again = await send([purchase('acme', '1')]);
    while (again.status === 429) again = await send([purchase('acme', '1')]);
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
    const answer = await send(lines);
    api.store.onAppend = (append) => append();
    expect(shortly(resultsOf(answer.text))).toEqual([
      'store-unavailable',
      'outcome-unknown',
      'internal-error',
      'booked',
    ]);
    expect(answer.text).not.toMatch(/\/var|secret/);
    // The fourth was booked by the same request.
    expect(resultsOf(answer.text)[0]?.problem?.detail).toMatch(/nothing was booked by this attempt/);
    expect(await book(lines)).toEqual(['booked', 'booked', 'booked', 'replayed']);
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

  static async open(query = ''): Promise<Client> {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    const client = new Client(socket);
    socket.write(
      `POST /v1/commands${query} HTTP/1.1\r\nHost: ledger\r\nAuthorization: Bearer ${KEY}\r\n` +
        `Content-Type: ${NDJSON}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n`,
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

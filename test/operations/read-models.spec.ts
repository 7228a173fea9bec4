import { mkdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KEY, Service, temporaryDirectory } from '../support/service.js';

interface Rebuild {
  readonly state: string;
  readonly detail: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
}

let dataDir: string;
let service: Service;

const directory = (): void => void (dataDir = temporaryDirectory());
async function end(): Promise<void> {
  await Service.killAll();
  rmSync(dataDir, { recursive: true, force: true });
}

const ask = (method: string, path = '/v1/read-models/rebuild', key = KEY, body?: object): Promise<Response> =>
  fetch(service.url + path, {
    method,
    headers: { Authorization: `Bearer ${key}`, ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
const rebuildIn = async (answer: Promise<Response>) => (await (await answer).json()) as Rebuild;

async function ended(): Promise<Rebuild> {
  for (;;) {
    const rebuild = await rebuildIn(ask('GET'));
    if (rebuild.state !== 'running') return rebuild;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a rebuild that an operator asks for', () => {
  let position: string;
  /** What is told while nobody has asked for one. */
  let unasked: Rebuild;
  const obstacle = (): string => join(dataDir, 'read-models.rebuild.db');
  const rebuilt = () =>
    service.output.filter((line) => line.includes('"the read models were rebuilt"')).length;
  const balance = async () => (await service.query<{ available: string }>('/acme', position)).available;
  beforeAll(async () => {
    directory();
    service = await Service.start(dataDir, { LEDGER_LOG_LEVEL: 'info' });
    await service.command('', { mainAccountId: 'acme', currency: 'EUR' }, 'open');
    const bought = await service.command('/acme/purchases', { amount: '10', reference: 'x' }, 'buy');
    position = bought.headers.get('Ledger-Position') ?? '';
    await service.ready();
    unasked = await rebuildIn(ask('GET'));
  });
  afterAll(end);

  it('is none until then', () => expect(unasked).toMatchObject({ state: 'none' }));

  it('is one, however often it is asked for, and puts new read models in the place of the old', async () => {
    const file = () => statSync(join(dataDir, 'read-models.db')).ino;
    const [before, rebuiltBefore] = [file(), rebuilt()];
    const answers = await Promise.all([ask('POST'), ask('POST')]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    const [first, second] = (await Promise.all(answers.map((answer) => answer.json()))) as Rebuild[];
    expect(first).toEqual({
      state: 'running',
      detail: expect.any(String),
      startedAt: expect.stringMatching(/Z$/),
    });
    expect(second).toEqual(first);

    const done = await ended();
    expect(done).toMatchObject({ state: 'done', startedAt: first?.startedAt });
    expect(done.endedAt! >= done.startedAt!).toBe(true);
    expect(file()).not.toBe(before);
    expect(rebuilt()).toBe(rebuiltBefore + 1);
    await service.ready();
    expect(await balance()).toBe('10.0000');
  });

  it('says why it failed, and leaves the read models as they were', async () => {
    mkdirSync(obstacle());
    expect((await ask('POST')).status).toBe(202);
    expect(await ended()).toMatchObject({
      state: 'failed',
      detail: expect.stringContaining('directory'),
      endedAt: expect.any(String),
    });
    expect(service.output.some((line) => line.includes('"the read models were not rebuilt"'))).toBe(true);
    expect(await balance()).toBe('10.0000');
    rmdirSync(obstacle());
    expect((await ask('POST')).status).toBe(202);
    expect(await ended()).toMatchObject({ state: 'done' });
  });

  it('takes no parameters: it is of all read models, and says so to whoever names one', async () => {
    const before = await rebuildIn(ask('GET'));
    for (const method of ['GET', 'POST']) {
      const answer = await ask(method, '/v1/read-models/rebuild?readModel=history');
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ errors: [{ field: 'readModel' }] });
    }
    expect(await rebuildIn(ask('GET'))).toEqual(before);
  });

  it('is for operators alone', async () => {
    const made = await ask('POST', '/v1/api-keys', KEY, { name: 'reader', roles: ['billing', 'auditor'] });
    const { key } = (await made.json()) as { key: string };
    const before = await rebuildIn(ask('GET'));
    for (const method of ['GET', 'POST'])
      expect((await ask(method, '/v1/read-models/rebuild', key)).status).toBe(403);
    expect(await rebuildIn(ask('GET'))).toEqual(before);
  });
});

describe('a service whose read models cannot be written', () => {
  beforeAll(directory);
  afterAll(end);

  it('books commands, and says what it is not ready for until it has come back by itself', async () => {
    const place = join(dataDir, 'read-models.db');
    mkdirSync(place);
    service = await Service.start(dataDir);
    const booked = await service.command('', { mainAccountId: 'acme', currency: 'EUR' }, 'open');
    expect(booked.status).toBe(201);
    const said = async () => {
      const ready = await fetch(`${service.url}/health/ready`);
      const { error } = (await ready.json()) as { error: { projections: { message: string } } };
      return `${ready.status} ${error.projections.message}`;
    };
    // Each start takes a moment to fail.
    let told = await said();
    while (told === '503 catching up with the log') told = await said();
    expect(told).toBe('503 ended, and started again soon; the log says why');
    expect(service.output.some((line) => line.includes('the projections ended; starting them again'))).toBe(
      true,
    );
    rmdirSync(place);
    await service.ready();
    expect(await service.query('/acme')).toMatchObject({ available: '0.0000' });
  });
});

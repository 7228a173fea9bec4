import { execFile } from 'node:child_process';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { blocksOf, pasted } from '../support/documents.js';
import { Simulator } from '../support/eventstoredb/simulator.js';
import { ROOT, Service, temporaryDirectory } from '../support/service.js';

const run = promisify(execFile);
let dataDir: string;
beforeEach(() => {
  dataDir = temporaryDirectory();
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** The lines of a document to paste, for this service and key. */
const firstUseOf = (page: string, url: string, key: string): string =>
  pasted(page, 'sh').replaceAll('http://127.0.0.1:3000', url).replaceAll('ledger_…', key);

const inUse = ({ process: { pid } }: Service): string =>
  `the data directory ${dataDir} is in use by another ledger (process ${pid}): stop that one`;

it('prints a key once, and three lines that work when pasted; those of the README book nothing a second time', async () => {
  const service = await Service.start(dataDir, { LEDGER_BOOTSTRAP_KEY: '' });
  // The welcome follows the line that says where the service listens.
  while (service.output.filter((line) => line.startsWith('curl ')).length < 3)
    await new Promise((resolve) => setTimeout(resolve, 20));
  const answers: unknown[] = [];
  for (const line of service.output.filter((each) => each.startsWith('curl '))) {
    const { stdout } = await run('bash', ['-c', line.replace(/^curl/, 'curl -sS --fail-with-body')]);
    expect(stdout).toMatch(/\}\n$/);
    answers.push(JSON.parse(stdout));
  }
  expect(answers).toMatchObject([
    { type: 'MainAccountOpened' },
    { type: 'CreditPurchased', mainAccount: { available: '110.2580' } },
    { mainAccountId: 'acme' },
  ]);
  const shown = JSON.parse(blocksOf('README.md', 'json')[0] ?? '') as object;
  const ofItsOwn = { eventId: expect.any(String), recordedAt: expect.any(String) };
  expect(answers[1]).toEqual({ ...shown, ...ofItsOwn });
  const key = /Bearer (\S+)'/.exec(service.output.join('\n'))?.[1] ?? '';
  const { stdout } = await run('bash', ['-c', firstUseOf('README.md', service.url, key)]);
  const again = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(again).toEqual([answers[0], answers[1], expect.objectContaining({ available: '110.2580' })]);
  expect(statSync(join(dataDir, 'api-keys.json')).mode & 0o077).toBe(0);
  await service.stop();

  const successor = await Service.start(dataDir, { LEDGER_BOOTSTRAP_KEY: '' });
  expect(successor.output.join('\n')).not.toContain('ledger_');
  await successor.stop();
});

it('refuses a second service on the same data directory with one line', async () => {
  const service = await Service.start(dataDir);
  await expect(Service.start(dataDir)).rejects.toThrow(inUse(service));
  await service.stop();
  expect(readdirSync(dataDir).filter((name) => name.endsWith('.pid'))).toEqual([]);
});

it('lets nobody else write what is in its data directory, also where the log is in EventStoreDB', async () => {
  const simulator = await Simulator.start();
  const env = { LEDGER_STORE: 'eventstoredb', LEDGER_EVENTSTOREDB_URL: simulator.url };
  const bundle = join(dataDir, 'bundle');
  const credit = (...args: string[]) =>
    run(process.execPath, [join(ROOT, 'dist/audit/cli.js'), ...args], {
      env: { ...env, LEDGER_DATA_DIR: dataDir },
    });
  try {
    await credit('export', '-o', bundle);
    const service = await Service.start(dataDir, env);
    await service.ready();

    await expect(Service.start(dataDir, env)).rejects.toThrow(inUse(service));
    await expect(credit('import', bundle)).rejects.toThrow(inUse(service));

    await service.command('', { mainAccountId: 'acme', currency: 'EUR' }, 'open');
    expect(await service.query('/acme')).toMatchObject({ available: '0.0000' });
    await service.kill();
    await expect(credit('import', bundle)).rejects.toThrow('the store holds more than the bundle');
    await (await Service.start(dataDir, env)).stop();
  } finally {
    await simulator.stop();
  }
});

it('finishes what is in flight when told to stop', async () => {
  const service = await Service.start(dataDir);
  await service.command('', { mainAccountId: 'acme', currency: 'EUR' }, 'open');
  const purchases = Array.from({ length: 50 }, (_, index) =>
    service.command('/acme/purchases', { amount: '1', reference: `r${index}` }, `k${index}`).then(
      ({ status }) => status,
      () => undefined,
    ),
  );
  await purchases[0];
  expect(await service.stop()).toBe(0);
  const booked = (await Promise.all(purchases)).filter((status) => status === 201).length;

  const successor = await Service.start(dataDir);
  await successor.ready();
  const { available } = await successor.query<{ available: string }>('/acme');
  expect(Number.parseInt(available, 10)).toBeGreaterThanOrEqual(booked);
  await successor.stop();
});

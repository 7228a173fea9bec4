import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { blocksOf, pasted } from '../support/documents.js';
import { KEY, Service, temporaryDirectory } from '../support/service.js';

const run = promisify(execFile);
const dataDir = temporaryDirectory();
let service: Service;

beforeAll(async () => {
  service = await Service.start(dataDir);
  await service.ready();
});
afterAll(async () => {
  await service.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const environment = () => ({ PATH: process.env['PATH'], LEDGER: service.url, KEY });

/** What a reader puts into the place of the examples' own. */
const filledIn = (code: string): string =>
  code
    .replaceAll('http://127.0.0.1:3000', service.url)
    .replaceAll('ledger_…', KEY)
    .replaceAll('curl -sS', 'curl -sS --fail-with-body');

const inShell = (code: string) =>
  run('bash', ['-euo', 'pipefail', '-c', filledIn(code)], { env: environment() });
const inNode = (code: string, env: NodeJS.ProcessEnv = environment()) =>
  run(process.execPath, ['--input-type=module', '-e', code], { env });

/** Has a caller wait a twentieth of the time. */
const QUICK_CLOCK = 'const later = setTimeout; globalThis.setTimeout = (then, ms) => later(then, ms / 20);';

const BILLING = 'docs/how-to/call-from-a-billing-service.md';
const BULK = 'docs/how-to/book-in-bulk.md';

describe('what the documents show can be pasted', () => {
  it.each(['README.md', 'docs/tutorial/first-credit.md', 'docs/how-to/rebuild-the-read-models.md'])(
    '%s',
    async (page) => {
      const code = pasted(page, 'sh');
      expect(code).toContain('curl');
      await inShell(code);
    },
  );

  it('and the tutorial ends where it says', async () => {
    const overview = await service.query<{ available: string; sipAccountsAvailable: string }>('/tutorial');
    expect(overview).toMatchObject({ available: '25.5000', sipAccountsAvailable: '0.0000' });
  });

  it('and the tutorial’s repetition shows the header that it speaks of', async () => {
    const { stdout } = await inShell(pasted('docs/tutorial/first-credit.md', 'sh'));
    expect(stdout).toContain('idempotent-replayed: true');
  });

  it('and the reference makes, lists and revokes an API key', async () => {
    const [make, listAndRevoke] = blocksOf('docs/reference/configuration.md', 'sh');
    const { id, key } = JSON.parse((await inShell(make ?? '')).stdout) as { id: string; key: string };
    const asAuditor = { headers: { Authorization: `Bearer ${key}` } };
    expect((await fetch(`${service.url}/v1/main-accounts`, asAuditor)).status).toBe(200);
    const { stdout } = await inShell(listAndRevoke?.replace('4f1c09ab77d2', id) ?? '');
    expect(stdout).toContain(`"id":"${id}"`);
    expect((await fetch(`${service.url}/v1/main-accounts`, asAuditor)).status).toBe(401);
  });

  it('and the page about the dashboard lets somebody in, and erases names', async () => {
    const [letIn = '', erase = ''] = blocksOf('docs/how-to/use-the-dashboard.md', 'sh');
    const { stdout } = await inShell(letIn.replace('4f1c09ab77d2', 'bootstrap'));
    const { path } = JSON.parse(stdout) as { path: string };
    const body = new URL(path, service.url).searchParams;
    const entered = await fetch(`${service.url}/sign-in`, { method: 'POST', body, redirect: 'manual' });
    expect(entered.headers.get('Set-Cookie')).toContain('ledger_session=');
    await inShell(erase);
  });

  it.each([
    [BILLING, 'true'],
    [BULK, '4 insufficient-credit\ntrue'],
  ])('and a retry in %s brings the same receipts', async (page, output) => {
    expect((await inNode(pasted(page, 'js'))).stdout.trim()).toBe(output);
    await inShell(pasted(page, 'sh'));
  });
});

describe.each([[BILLING], [BULK]])('the caller in %s', (page) => {
  const caller = pasted(page, 'js');

  it('says at once that it was not told where the ledger is', async () => {
    await expect(inNode(caller, {})).rejects.toThrow('LEDGER and KEY are not set');
  });

  it('throws a refusal', async () => {
    const env = { LEDGER: service.url, KEY: 'not-a-key' };
    await expect(inNode(caller, env)).rejects.toThrow(/Error: 401 .*unauthenticated/);
  });

  it('repeats a 408 and waits as long as a 503 asks for, then says what stood in the way', async () => {
    const asked: number[] = [];
    const server = createServer((request, response) => {
      asked.push(performance.now());
      request.resume();
      if (asked.length === 3) server.close();
      if (asked.length === 1)
        response.writeHead(503, { 'Retry-After': '1' }).end('{"code":"store-unavailable"}');
      else response.writeHead(408, { Connection: 'close' }).end('{"code":"request-timeout"}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const env = { LEDGER: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, KEY };
    await expect(inNode(QUICK_CLOCK + caller, env)).rejects.toThrow(/not known yet[^]*ECONNREFUSED/);
    expect(asked).toHaveLength(3);
    expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBeGreaterThanOrEqual(1000 / 20);
  });
});

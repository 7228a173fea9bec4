import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as passed } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ROOT, temporaryDirectory } from '../support/service.js';

/** A port that is free now: what cannot be read cannot say which one was chosen. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

describe('a service whose output', () => {
  let child: ChildProcess;
  let url: string;
  afterEach(() => void child.kill('SIGKILL'));

  const get = (path: string): Promise<Response> =>
    fetch(`${url}${path}`, { signal: AbortSignal.timeout(5000) });

  async function start(stdout: number | 'pipe'): Promise<void> {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    child = spawn(process.execPath, [join(ROOT, 'dist/main.js')], {
      env: { LEDGER_PORT: String(port), LEDGER_DATA_DIR: temporaryDirectory() },
      stdio: ['ignore', stdout, 'ignore'],
    });
    while (child.exitCode === null && !(await get('/health/live').catch(() => undefined))) await passed(50);
  }

  /** Each is logged: who asks has no key. */
  async function beRefused(times: number): Promise<void> {
    for (let time = 0; time < times; time += 10) {
      const answers = Array.from({ length: 10 }, () => get(`/v1/main-accounts/${'x'.repeat(64)}`));
      for (const { status } of await Promise.all(answers)) expect(status).toBe(401);
    }
  }

  async function stopped(): Promise<number | null> {
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit', { signal: AbortSignal.timeout(15_000) })) as [number | null];
    return code;
  }

  it('goes to a full disk serves and stops all the same', async () => {
    const full = openSync('/dev/full', 'w');
    await start(full);
    closeSync(full);
    await beRefused(10);
    expect(await stopped()).toBe(0);
  });

  it('goes to somebody who has stopped reading serves and stops all the same', async () => {
    await start('pipe');
    await beRefused(1500);
    expect(await stopped()).toBe(0);
  });
});

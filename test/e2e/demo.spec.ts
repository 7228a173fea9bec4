import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Simulator } from '../support/eventstoredb/simulator.js';
import { ROOT, temporaryDirectory } from '../support/service.js';

describe('npm run demo', () => {
  let temporary: string;
  beforeEach(() => {
    temporary = temporaryDirectory();
  });
  afterEach(() => rmSync(temporary, { recursive: true }));

  const start = (
    env: NodeJS.ProcessEnv = {},
    ...args: readonly string[]
  ): ChildProcessByStdio<null, Readable, Readable> =>
    spawn(process.execPath, [join(ROOT, 'dist/demo.js'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TMPDIR: temporary, ...env },
    });

  /** What it says until it waits to be looked at, or ends. */
  async function shown(demo: { readonly stdout: Readable }): Promise<string> {
    const lines: string[] = [];
    for await (const line of createInterface({ input: demo.stdout })) {
      lines.push(line);
      if (line.startsWith('Ctrl-C')) break;
    }
    return lines.join('\n');
  }

  it('runs the main job of the portal, stays up, and ends when told', async () => {
    const demo = start();
    const exited = once(demo, 'exit');
    const output = await shown(demo);
    expect(output).toContain('main account:   €61,3600');
    expect(output).toContain('SIP account(s): €48,8980');
    expect(output).toMatch(/32470000001\s+€12,2109/);
    expect(output).toMatch(/32470000002\s+€0,0000/);
    expect(output).toContain('201  Idempotent-Replayed: true');
    expect(output).toContain('422  insufficient-credit');
    const url = /listens on (http\S+)/.exec(output)?.[1] ?? '';
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect((await fetch(`${url}/docs`)).status).toBe(200);
    demo.kill('SIGINT');
    expect(await exited).toEqual([0, null]);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('books into a store of its own, whatever store the environment names', async () => {
    const simulator = await Simulator.start();
    const demo = start({ LEDGER_STORE: 'eventstoredb', LEDGER_EVENTSTOREDB_URL: simulator.url });
    const exited = once(demo, 'exit');
    const output = await shown(demo);
    demo.kill('SIGINT');
    await exited;
    await simulator.stop();
    expect(output).toContain('main account:   €61,3600');
    expect(simulator.appends).toBe(0);
  });

  it('that cannot start says why in a line, and leaves nothing behind', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const demo = start({ LEDGER_PORT: String((other.address() as AddressInfo).port) });
    const exited = once(demo, 'exit');
    const [output, errors] = await Promise.all([text(demo.stdout), text(demo.stderr)]);
    other.close();
    expect(await exited).toEqual([1, null]);
    expect(output).toBe('');
    expect(errors).toMatch(
      /^cannot listen on .*: the port is taken;.*\nThe demo failed: the service did not start\n$/,
    );
    expect(readdirSync(temporary)).toEqual([]);
  });

  it.each([
    ['--help', { code: 0, output: /^usage: npm run demo\n/, errors: /^$/ }],
    ['--port', { code: 1, output: /^$/, errors: /^The demo failed: Unknown option '--port'\n$/ }],
    ['4000', { code: 1, output: /^$/, errors: /^The demo failed: Unexpected argument '4000'.*\n$/ }],
  ])('does not run when it is given %s', async (argument, { code, output, errors }) => {
    // If it ran it would fail, and not stay up.
    const demo = start({ LEDGER_PORT: 'none' }, argument);
    const exited = once(demo, 'exit');
    expect(await Promise.all([text(demo.stdout), text(demo.stderr)])).toEqual([
      expect.stringMatching(output),
      expect.stringMatching(errors),
    ]);
    expect(await exited).toEqual([code, null]);
    expect(readdirSync(temporary)).toEqual([]);
  });
});

import { execFile, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { existsSync, lstatSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as passed } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { ROOT, Service, temporaryDirectory } from '../support/service.js';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the built service where it cannot start. */
async function failedStart(env: Readonly<Record<string, string>>, ...args: string[]): Promise<Ended> {
  try {
    await promisify(execFile)(process.execPath, [join(ROOT, 'dist/main.js'), ...args], {
      env: { LEDGER_PORT: '0', LEDGER_DATA_DIR: temporaryDirectory(), ...env },
      timeout: 50_000,
    });
  } catch (error) {
    return error as Ended;
  }
  throw new Error('it started');
}

describe('a start that fails', () => {
  it.each<[string, Record<string, string>, number, RegExp]>([
    [
      'a wrong setting',
      { LEDGER_PORT: 'x', LEDGER_PROT: '1' },
      78,
      /LEDGER_PROT is not.*\n.*LEDGER_PORT is "x"/,
    ],
    ['an address that is not here', { LEDGER_HOST: '203.0.113.1' }, 1, /LEDGER_HOST/],
    ['a data directory below a file', { LEDGER_DATA_DIR: '/dev/null/data' }, 1, /\/dev\/null\/data/],
    [
      'a data directory where none can be made',
      { LEDGER_DATA_DIR: '/proc/ledger/data' },
      1,
      /the directory \/proc\/ledger cannot be made: /,
    ],
  ])('says so on stderr: %s', async (_, env, code, reason) => {
    const ended = await failedStart(env);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toMatch(reason);
    expect(ended.stderr).not.toMatch(/^ {4}at /m);
    expect(ended.stdout).toBe('');
  });

  it('refuses arguments, which it would pass over, and makes no key', async () => {
    const dataDir = temporaryDirectory();
    const { code, stderr } = await failedStart({ LEDGER_DATA_DIR: dataDir }, '--port', '4000');
    expect([code, stderr]).toEqual([78, expect.stringMatching(/^--port: .*no arguments.*LEDGER_/)]);
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('says that the port is taken, and makes no key', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const dataDir = temporaryDirectory();
    const { code, stderr } = await failedStart({ LEDGER_PORT: String(port), LEDGER_DATA_DIR: dataDir });
    other.close();
    expect(code).toBe(1);
    expect(stderr).toBe(
      `cannot listen on 127.0.0.1:${port}: the port is taken; stop what uses it, or choose another with LEDGER_PORT\n`,
    );
    expect(() => statSync(join(dataDir, 'api-keys.json'))).toThrow('ENOENT');
  });

  it.each([
    ['api-keys.json', 'is damaged'],
    ['checkpoint-key.json', 'is damaged: restore it from a backup'],
  ])('says which file is damaged: %s', async (file, what) => {
    const dataDir = temporaryDirectory();
    writeFileSync(join(dataDir, file), '{"format":1', { mode: 0o600 });
    const { code, stderr } = await failedStart({ LEDGER_DATA_DIR: dataDir });
    expect(code).toBe(1);
    expect(stderr).toContain(`${join(dataDir, file)} ${what}`);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe.each(['api-keys.json', 'checkpoint-key.json', 'ended-sessions', 'session-secret'])(
  'a start where what should be a small file is none: %s',
  (file) => {
    it.each<[string, (path: string) => void, string]>([
      ['a directory', (path) => mkdirSync(path), 'EISDIR'],
      ['a link to what is away', (path) => symlinkSync('/nowhere/secret', path), 'ENOENT'],
    ])('says so in one line, and puts no other in its place: %s', async (_, make, reason) => {
      const dataDir = temporaryDirectory();
      const path = join(dataDir, file);
      make(path);
      const { code, stdout, stderr } = await failedStart({ LEDGER_DATA_DIR: dataDir });
      expect({ code, stdout, stderr }).toEqual({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(new RegExp(`^${path} cannot be read: ${reason}.*\\n$`)),
      });
      expect(lstatSync(path).isFile()).toBe(false);
    });
  },
);

describe('a first start on a full disk', () => {
  it.each(['session-secret', 'checkpoint-key.json', 'events.db.pid', 'api-keys.json'])(
    'says so in one line, and leaves no half of a file: %s',
    async (file) => {
      const dataDir = temporaryDirectory();
      symlinkSync('/dev/full', join(dataDir, `${file}.new`));
      const { code, stderr } = await failedStart({ LEDGER_DATA_DIR: dataDir });
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: `${join(dataDir, file)} cannot be written: the disk is full\n`,
      });
      expect(readdirSync(dataDir).filter((name) => name.startsWith(file))).toEqual([]);
    },
  );
});

describe('a first start that fails once the first key is kept', () => {
  it('has shown the key, with which the next one is used', async () => {
    const dataDir = temporaryDirectory();
    const { code, stdout, stderr } = await failedStart({
      LEDGER_DATA_DIR: dataDir,
      NODE_OPTIONS: `--import ${join(ROOT, 'test/files/unsound-directories.mjs')}`,
      UNSOUND_WITH: 'api-keys.json',
    });
    expect(code).toBe(1);
    expect(stderr).toContain('api-keys.json was written, but a power cut may undo it');
    const [key] = /ledger_[0-9a-f]{12}_[A-Za-z0-9_-]{43}/.exec(stdout) ?? [];
    const service = await Service.start(dataDir, { LEDGER_BOOTSTRAP_KEY: '' });
    const { status } = await fetch(`${service.url}/v1/api-keys`, {
      headers: { Authorization: `Bearer ${key}` },
    });
    expect(status).toBe(200);
    await service.stop();
  });
});

describe('a start that is broken off', () => {
  it('ends at once and quietly, and the next one succeeds', async () => {
    const dataDir = temporaryDirectory();
    const child = spawn(process.execPath, [join(ROOT, 'dist/main.js')], {
      env: { LEDGER_PORT: '0', LEDGER_DATA_DIR: dataDir },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const told = text(child.stderr);
    const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    while (!existsSync(join(dataDir, 'read-models.db'))) await passed(1);
    child.kill('SIGTERM');
    const [code, signal] = await ended;
    expect([0, 'SIGTERM']).toContain(code ?? signal);
    expect(await told).toBe('');
    const service = await Service.start(dataDir);
    expect(await service.stop()).toBe(0);
  });
});

describe('a start on a name that has two addresses', () => {
  it('listens on one: requests to a second server would be cut off at a stop', async () => {
    const service = await Service.start(temporaryDirectory(), {
      LEDGER_HOST: 'localhost',
      NODE_OPTIONS: `--import ${join(ROOT, 'test/support/two-addresses.mjs')}`,
    });
    const { port } = new URL(service.url);
    const live = (host: string) => fetch(`http://${host}:${port}/health/live`).then(({ status }) => status);
    expect(await live('127.0.0.1')).toBe(200);
    await expect(live('127.0.0.2')).rejects.toThrow('fetch failed');
    expect(await service.stop()).toBe(0);
  });
});

import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ROOT, temporaryDirectory } from '../support/service.js';

const run = promisify(execFile);

// A service may run from the same checkout: it reads its program when a thread or a request first needs it.
describe('the scripts of package.json, beside a service that runs', () => {
  let checkout: string;
  beforeEach(() => {
    checkout = temporaryDirectory();
    for (const name of ['package.json', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json'])
      cpSync(join(ROOT, name), join(checkout, name));
  });
  afterEach(() => rmSync(checkout, { recursive: true }));

  const npmRun = (script: string) =>
    run('npm', ['run', '--silent', script], { cwd: checkout, env: { ...process.env, NODE_OPTIONS: '' } });

  function built(program: string): void {
    const path = join(checkout, 'dist', program);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, "console.log('as it was built')");
  }

  it.each([
    ['verify', 'audit/cli.js'],
    ['backup', 'backup.js'],
    ['copy-store', 'copy-store.js'],
  ])('%s uses what is built', async (script, program) => {
    built(program);
    const { stdout } = await npmRun(script);
    expect(stdout).toBe('as it was built\n');
  });

  it('a build takes nothing away, and makes a command of credit-ledger', async () => {
    built('read-later.js');
    cpSync(join(ROOT, 'src/dashboard/assets'), join(checkout, 'src/dashboard/assets'), { recursive: true });
    mkdirSync(join(checkout, 'src/audit'));
    writeFileSync(join(checkout, 'src/audit/cli.ts'), 'export const started = true;\n');
    symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
    await npmRun('build');
    expect(statSync(join(checkout, 'dist/audit/cli.js')).mode & 0o111).toBe(0o111);
    expect(existsSync(join(checkout, 'dist/read-later.js'))).toBe(true);
  });
});

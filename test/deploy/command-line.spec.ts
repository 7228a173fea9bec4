import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { blocksOf } from '../support/documents.js';
import { ROOT } from '../support/service.js';

const run = promisify(execFile);

it('docs/reference/command-line.md says of each program what it says itself', async () => {
  const programs = [
    'dist/audit/cli.js',
    'verify-bundle.mjs',
    'dist/backup.js',
    'dist/copy-store.js',
    'dist/demo.js',
  ];
  const said: string[] = [];
  for (const program of programs)
    said.push((await run(process.execPath, [join(ROOT, program), '--help'])).stdout);
  expect(blocksOf('docs/reference/command-line.md', 'text')).toEqual(said);
});

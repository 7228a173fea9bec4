import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** All that the tests write, and the programs they start, lies in one directory that goes with them. */
export default function () {
  const directory = mkdtempSync(join(tmpdir(), 'credit-ledger-tests-'));
  process.env.TMPDIR = directory;
  process.once('exit', () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
}

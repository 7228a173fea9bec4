import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** Once, ahead of all tests. */
export default function () {
  requireBuilt();
  // All that the tests write, and the programs they start, lies in one directory that goes with them.
  const directory = mkdtempSync(join(tmpdir(), 'credit-ledger-tests-'));
  process.env.TMPDIR = directory;
  process.once('exit', () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
}

/** The programs and threads that tests start are those of the last build: of other sources, it would be no test of them. */
function requireBuilt() {
  for (const name of readdirSync(join(ROOT, 'src'), { recursive: true })) {
    const built = name.replace(/\.tsx?$/, '.js');
    if (built !== name && changed('dist', built) < changed('src', name))
      throw new Error(`src/${name} has changed since the last build: npm run build`);
  }
}

const changed = (folder, name) => statSync(join(ROOT, folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;

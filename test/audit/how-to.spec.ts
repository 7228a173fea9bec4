import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Config } from '../../src/config/config.js';
import { CONFIG } from '../../src/config/config.module.js';
import { ApiApp } from '../support/api-app.js';
import { blocksOf } from '../support/documents.js';
import { KEY, ROOT, temporaryDirectory } from '../support/service.js';

const run = promisify(execFile);
const COMMANDS = `
npx() { shift 2; command node "$ROOT/dist/audit/cli.js" "$@"; }
node() { if [ "$1" = -p ]; then command node "$@"; else local file="$1"; shift; command node "$ROOT/$file" "$@"; fi; }
curl() { command curl --fail "$@"; }
set -euo pipefail
`;
const BETWEEN = '\n-- the next block --\n';

let api: ApiApp;
let work: string;
let env: Record<string, string | undefined>;

beforeAll(async () => {
  work = temporaryDirectory();
  api = await ApiApp.start();
  await api.funded('acme', '100.0000', 'desk-1');
  const last = await api.post('/v1/main-accounts/acme/sip-accounts/desk-1/add-credit', { amount: '2.5' });
  const atLeast = { headers: { 'Ledger-At-Least': last.headers.get('Ledger-Position') ?? '' } };
  await api.send('/v1/checkpoints/latest', atLeast);
  await api.send('/v1/main-accounts/acme/statements', atLeast);
  // The page's clock shows seconds, and what it shows ends what is asked for.
  await new Promise((resolve) => setTimeout(resolve, 1001));
  env = {
    PATH: process.env['PATH'],
    ROOT,
    LEDGER_DATA_DIR: api.app.get<Config>(CONFIG).dataDir,
  };
});
afterAll(async () => {
  await api.close();
  rmSync(work, { recursive: true, force: true });
});

describe('docs/how-to/audit-an-account.md', () => {
  it('shows commands that do what it says', async () => {
    const blocks = blocksOf('docs/how-to/audit-an-account.md', 'sh');
    const page = blocks
      .join(`echo '${BETWEEN}'\n`)
      .replace('http://127.0.0.1:3000', api.url)
      .replace('ledger_…', KEY);
    // LEDGER is an address here, and no variable of the command.
    const { stdout: all } = await run('bash', ['-c', COMMANDS + page], { cwd: work, env });
    const answers = all.split(BETWEEN);
    expect(answers).toHaveLength(blocks.length);
    expect(JSON.parse(answers[1] ?? '')).toMatchObject({ available: '97.5000', revision: 3 });
    expect(JSON.parse(answers[4] ?? '')).toMatchObject({ since: { revision: 3 } });
    expect(all).toContain('"holds":true');
    expect(all).toContain('PROVEN');
    expect(all.match(/SOUND: 4 events/g)).toHaveLength(2);
  }, 60_000);
});

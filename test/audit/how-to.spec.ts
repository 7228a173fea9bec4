import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PublishedKey } from '../../src/audit/checkpoint-keys.js';
import type { Config } from '../../src/config/config.js';
import { CONFIG } from '../../src/config/config.module.js';
import { ApiApp } from '../support/api-app.js';
import { KEY, ROOT, temporaryDirectory } from '../support/service.js';

const run = promisify(execFile);
const PAGE = join(ROOT, 'docs/how-to/audit-an-account.md');
const COMMANDS = `
credit-ledger() { command node --import "$ROOT/test/support/register-typescript.mjs" "$ROOT/src/audit/cli.ts" "$@"; }
node() { local file="$1"; shift; command node "$ROOT/$file" "$@"; }
curl() { command curl --fail-with-body "$@"; }
set -euo pipefail
`;

let api: ApiApp;
let work: string;
let env: Record<string, string | undefined>;

beforeAll(async () => {
  work = temporaryDirectory();
  api = await ApiApp.start();
  await api.funded('acme', '100.0000', 'desk-1');
  const last = await api.post('/v1/main-accounts/acme/sip-accounts/desk-1/add-credit', { amount: '2.5' });
  const atLeast = { headers: { 'Ledger-At-Least': last.headers.get('Ledger-Position') ?? '' } };
  const recordedAt = String(last.json['recordedAt']);
  const statement = await api.send(`/v1/main-accounts/acme/statements?until=${recordedAt}`, atLeast);
  await api.send('/v1/checkpoints/latest', atLeast);
  const keys = (await api.send('/v1/checkpoints/keys')).json['keys'] as PublishedKey[];
  env = {
    PATH: process.env['PATH'],
    ROOT,
    LEDGER: api.url,
    KEY,
    WHEN: recordedAt,
    HASH: String(statement.json['hash']),
    REVISION: String(statement.json['revision']),
    VERIFIER_KEY: keys.at(-1)?.verifierKey,
    LEDGER_DATA_DIR: api.app.get<Config>(CONFIG).dataDir,
  };
});
afterAll(async () => {
  await api.close();
  rmSync(work, { recursive: true, force: true });
});

describe('docs/how-to/audit-an-account.md', () => {
  it('shows commands that do what it says', async () => {
    const blocks = [...readFileSync(PAGE, 'utf8').matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(
      (match) => match[1] ?? '',
    );
    const answers: string[] = [];
    for (const block of blocks)
      // LEDGER is an address here, and no variable of the command.
      answers.push((await run('bash', ['-c', COMMANDS + block], { cwd: work, env })).stdout);
    const all = answers.join('\n');
    expect(JSON.parse(answers[0] ?? '')).toMatchObject({ available: '97.5000', revision: 3 });
    expect(all).toContain('"holds":true');
    expect(all).toContain('PROVEN');
    expect(all.match(/SOUND: 4 events/g)).toHaveLength(2);
  }, 60_000);
});

import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KEY, ROOT, Service, temporaryDirectory } from '../support/service.js';

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

/** The blocks of a page that are meant to be pasted, in order. */
const blocksOf = (page: string): { language: string; code: string }[] =>
  [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^```(sh|js)\n([\s\S]*?)^```/gm)].map((match) => ({
    language: match[1] ?? '',
    code: match[2] ?? '',
  }));

const environment = () => ({ PATH: process.env['PATH'], LEDGER: service.url, KEY });

const runBlock = ({ language, code }: { language: string; code: string }) =>
  language === 'sh'
    ? run('bash', ['-euo', 'pipefail', '-c', code.replaceAll('curl -sS', 'curl -sS --fail-with-body')], {
        env: environment(),
      })
    : run(process.execPath, ['--input-type=module', '-e', code], { env: environment() });

describe('what the documents show can be pasted', () => {
  it.each([
    'README.md',
    'docs/tutorial/first-credit.md',
    'docs/how-to/rebuild-the-read-models.md',
    'docs/how-to/call-from-a-billing-service.md',
    'docs/how-to/book-in-bulk.md',
  ])('%s', async (page) => {
    const blocks = blocksOf(page);
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) await runBlock(block);
  });

  it('and the tutorial ends where it says', async () => {
    const overview = await service.query<{ available: string; sipAccountsAvailable: string }>('/tutorial');
    expect(overview).toMatchObject({ available: '25.5000', sipAccountsAvailable: '0.0000' });
  });

  it.each([
    ['docs/how-to/call-from-a-billing-service.md', 'true'],
    ['docs/how-to/book-in-bulk.md', '4 insufficient-credit\ntrue'],
  ])('and a retry in %s brings the same receipts', async (page, output) => {
    const script = blocksOf(page).find(({ language }) => language === 'js');
    const { stdout } = await runBlock(script ?? { language: 'js', code: '' });
    expect(stdout.trim()).toBe(output);
  });
});

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { API_KEY } from '../child.js';
import { AMOUNT } from '../scenarios.js';
import { anyOf, type Counted, type Generator } from './requests.js';

const SCRIPT = fileURLToPath(new URL('requests.lua', import.meta.url));

/** wrk, from Debian. One thread: it is far from being the bottleneck, and leaves the cores to the contestant. */
export const wrkLoad: Generator = {
  name: 'wrk, 1 thread',
  run: async ({ kind, url, scenario, connections, seconds }, keyPrefix) => {
    const { name, mainAccounts, sipAccounts } = scenario;
    const first = anyOf(mainAccounts * sipAccounts);
    const { stdout } = await promisify(execFile)('wrk', [
      '--threads=1',
      `--connections=${connections}`,
      `--duration=${seconds}s`,
      '--timeout=20s',
      `--script=${SCRIPT}`,
      url,
      '--',
      ...[kind, name, mainAccounts, sipAccounts, first, API_KEY, keyPrefix, AMOUNT].map(String),
    ]);
    return JSON.parse(stdout.slice(stdout.lastIndexOf('{"perSecond"'))) as Counted;
  },
};

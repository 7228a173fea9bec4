import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { API_KEY } from '../child.js';
import { AMOUNT, mainAccountIds, sipAccountIds } from '../scenarios.js';
import type { Figures, Load } from './load.js';

const SCRIPT = fileURLToPath(new URL('add-credit.lua', import.meta.url));

/** wrk, from Debian. One thread: it is far from being the bottleneck, and leaves the cores to the contestant. */
export const wrkLoad: Load = {
  name: 'wrk, 1 thread',
  run: async ({ url, scenario, connections, seconds, keyPrefix }) => {
    const { stdout } = await promisify(execFile)('wrk', [
      '--threads=1',
      `--connections=${connections}`,
      `--duration=${seconds}s`,
      '--timeout=20s',
      `--script=${SCRIPT}`,
      url,
      '--',
      mainAccountIds(scenario).join(','),
      sipAccountIds(scenario).join(','),
      API_KEY,
      keyPrefix,
      AMOUNT,
    ]);
    return JSON.parse(stdout.slice(stdout.lastIndexOf('{"perSecond"'))) as Figures;
  },
};

import { spawnSync } from 'node:child_process';
import { expect, it } from '@jest/globals';
import { ROOT } from '../support/service.js';

it('a machine without a browser says so, and counts what it could not see as skipped', () => {
  const { status, stderr } = spawnSync(
    'npm',
    ['run', 'jest', '--', 'test/browser/screenshots.spec.ts', '--coverage=false'],
    { cwd: ROOT, encoding: 'utf8', env: { ...process.env, CHROME_PATH: '/nowhere/chrome' } },
  );
  expect(stderr).toContain('browser tests are skipped: CHROME_PATH:');
  expect(stderr).toMatch(/Tests: +7 skipped, 7 total/);
  expect(status).toBe(0);
});

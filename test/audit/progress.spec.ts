import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { withProgress } from '../../src/audit/progress.js';
import { ROOT } from '../support/service.js';

const stream = (isTTY: boolean) =>
  Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY, columns: 120 }) as PassThrough &
    NodeJS.WriteStream;

/** What is written to a stream of that kind while a run of 100 seconds is at its fifth part, or one to another total. */
async function written(isTTY: boolean, total = 5_000): Promise<string> {
  const output = stream(isTTY);
  const run = (progress: { update(events: number, done: number): void }) => {
    for (let second = 1; second <= 20; second++) {
      jest.advanceTimersByTime(1_000);
      progress.update(second * 40, second * 50);
    }
    return Promise.resolve();
  };
  await withProgress('verified', total, run, output);
  return String(output.read());
}

describe('the progress of a long run', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('is a line every five seconds where there is no terminal', async () => {
    expect((await written(false)).trimEnd().split('\n')).toEqual([
      'verified 200 events (5 %), 40 events/s, 95 s left',
      'verified 400 events (10 %), 40 events/s, 90 s left',
      'verified 600 events (15 %), 40 events/s, 85 s left',
      'verified 800 events (20 %), 40 events/s, 80 s left',
    ]);
  });

  it.each([true, false])(
    'is without a share where it is not known of how much, on a terminal or not: %s',
    async (isTTY) => {
      expect((await written(isTTY, 0)).trimEnd().split('\n')).toEqual([
        'verified 200 events, 40 events/s',
        'verified 400 events, 40 events/s',
        'verified 600 events, 40 events/s',
        'verified 800 events, 40 events/s',
      ]);
    },
  );

  it('is never more than all, and has its thousands apart', async () => {
    expect((await written(false, 500)).trimEnd().split('\n').slice(1)).toEqual([
      'verified 400 events (100 %), 40 events/s, 0 s left',
      'verified 600 events (100 %), 40 events/s, 0 s left',
      'verified 800 events (100 %), 40 events/s, 0 s left',
    ]);
    const output = stream(false);
    const run = async (progress: { update(events: number, done: number): void }) => {
      jest.advanceTimersByTime(10_000);
      progress.update(1_234_567, 50);
    };
    await withProgress('verified', 100, run, output);
    expect(output.read()).toBe('verified 1 234 567 events (50 %), 123 457 events/s, 10 s left\n');
  });

  it('goes where no answer goes', () => {
    const code = `
      let now = 0;
      performance.now = () => (now += 10_000);
      const { withProgress } = await import('${join(ROOT, 'dist/audit/progress.js')}');
      await withProgress('verified', 100, async (progress) => progress.update(7, 50));`;
    const args = ['--input-type=module', '--eval', code];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(stdout).toBe('');
    expect(stderr).toContain('verified 7 events (50 %)');
  });

  it('is a bar with the rate and the time left on a terminal', async () => {
    const text = await written(true);
    expect(text).toContain('verified [');
    expect(text).toMatch(/20% \| 800 events \| 40 events\/s \| 1m20s left/);
  });

  it('ends with a run that fails: the bar would keep the process alive, and the cursor hidden', async () => {
    const output = stream(true);
    const run = () => Promise.reject(new Error('no bundle'));
    await expect(withProgress('verified', 5_000, run, output)).rejects.toThrow('no bundle');
    expect(jest.getTimerCount()).toBe(0);
    expect(String(output.read())).toContain('\u001b[?25h');
  });
});

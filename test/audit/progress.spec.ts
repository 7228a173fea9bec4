import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { withProgress } from '../../src/audit/progress.js';

const stream = (isTTY: boolean) =>
  Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY, columns: 120 }) as PassThrough &
    NodeJS.WriteStream;

/** What is written to a stream of that kind while a run of 100 seconds is at its fifth part. */
async function written(isTTY: boolean): Promise<string> {
  const output = stream(isTTY);
  const run = (progress: { update(events: number, done: number): void }) => {
    for (let second = 1; second <= 20; second++) {
      jest.advanceTimersByTime(1_000);
      progress.update(second * 40, second * 50);
    }
    return Promise.resolve();
  };
  await withProgress('verified', 5_000, run, output);
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

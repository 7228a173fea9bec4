import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Progress } from '../../src/audit/progress.js';

/** What is written to a stream of that kind while a run of 100 seconds is at its fifth part. */
function written(isTTY: boolean): string {
  const output = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY, columns: 120 });
  const progress = new Progress('verified', 5_000, output as unknown as NodeJS.WriteStream);
  for (let second = 1; second <= 20; second++) {
    jest.advanceTimersByTime(1_000);
    progress.update(second * 40, second * 50);
  }
  progress.end();
  return String(output.read());
}

describe('the progress of a long run', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('is a line every five seconds where there is no terminal', () => {
    expect(written(false).trimEnd().split('\n')).toEqual([
      'verified 200 events (5 %), 40 events/s, 95 s left',
      'verified 400 events (10 %), 40 events/s, 90 s left',
      'verified 600 events (15 %), 40 events/s, 85 s left',
      'verified 800 events (20 %), 40 events/s, 80 s left',
    ]);
  });

  it('is a bar with the rate and the time left on a terminal', () => {
    const text = written(true);
    expect(text).toContain('verified [');
    expect(text).toMatch(/20% \| 800 events \| 40 events\/s \| 1m20s left/);
  });
});

import { describe, expect, it } from '@jest/globals';
import { Pace } from '../../src/projections/pace.js';

describe('the pace of the projections', () => {
  const milliseconds = async (work: () => Promise<void>): Promise<number> => {
    const started = performance.now();
    await work();
    return performance.now() - started;
  };

  it('lets commits gather while nobody waits', async () => {
    const pace = new Pace();

    expect(await milliseconds(() => pace.pause())).toBeGreaterThan(8);
  });

  it('ends the pause when somebody waits', async () => {
    const pace = new Pace();
    const pause = pace.pause();
    pace.hurry();

    expect(await milliseconds(() => pause)).toBeLessThan(8);
  });

  it('leaves out the next pause for whoever came before it, and only that one', async () => {
    const pace = new Pace();
    pace.hurry();

    expect(await milliseconds(() => pace.pause())).toBeLessThan(8);
    expect(await milliseconds(() => pace.pause())).toBeGreaterThan(8);
  });
});

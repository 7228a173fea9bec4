import { describe, expect, it } from '@jest/globals';
import { Pace } from '../../src/projections/pace.js';

describe('the pace of the projections', () => {
  const milliseconds = async (work: () => Promise<void>): Promise<number> => {
    const started = performance.now();
    await work();
    return performance.now() - started;
  };

  it('lets commits gather for an eighth of a second while nobody looks', async () => {
    expect(await milliseconds(() => new Pace().pause())).toBeGreaterThan(120);
  });

  it('lets them gather for less while somebody looks, and for as long as before when nobody does any more', async () => {
    const pace = new Pace();
    pace.watch(true);
    // Left out for whoever begins to look.
    await pace.pause();

    const looking = await milliseconds(() => pace.pause());
    expect(looking).toBeGreaterThan(8);
    expect(looking).toBeLessThan(120);
    pace.watch(false);
    expect(await milliseconds(() => pace.pause())).toBeGreaterThan(120);
  });

  it.each([
    ['waits', (pace: Pace) => pace.hurry()],
    ['begins to look', (pace: Pace) => pace.watch(true)],
  ])('ends the pause when somebody %s', async (_, comes) => {
    const pace = new Pace();
    const pause = pace.pause();
    comes(pace);

    expect(await milliseconds(() => pause)).toBeLessThan(120);
  });

  it('leaves out the next pause for whoever came before it, and only that one', async () => {
    const pace = new Pace();
    pace.hurry();

    expect(await milliseconds(() => pace.pause())).toBeLessThan(120);
    expect(await milliseconds(() => pace.pause())).toBeGreaterThan(120);
  });
});

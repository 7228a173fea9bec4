import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Watch } from '../../src/projections/watch.js';

describe('the watch over the read models', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const begin = () => {
    const told: boolean[] = [];
    return { told, watch: new Watch((on) => told.push(on)) };
  };

  it('begins with the first look, and goes on while others follow within two seconds', () => {
    const { told, watch } = begin();
    expect([watch.on, watch.look()]).toEqual([false, false]);
    for (let looks = 0; looks < 10; looks += 1) {
      jest.advanceTimersByTime(1999);
      expect(watch.look()).toBe(true);
    }
    expect([watch.on, told]).toEqual([true, [true]]);
  });

  it('ends two to four seconds after the last look, and begins again with the next one', () => {
    const { told, watch } = begin();
    watch.look();
    jest.advanceTimersByTime(3999);
    expect(watch.on).toBe(true);
    jest.advanceTimersByTime(1);
    expect([watch.on, told]).toEqual([false, [true, false]]);
    jest.advanceTimersByTime(60_000);
    expect([watch.look(), told]).toEqual([false, [true, false, true]]);
  });

  it('tells nobody any more once it has ended', () => {
    const { told, watch } = begin();
    watch.look();
    watch.end();
    jest.advanceTimersByTime(60_000);
    expect([watch.on, told]).toEqual([false, [true]]);
  });
});

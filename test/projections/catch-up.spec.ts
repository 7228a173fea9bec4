import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CatchUp } from '../../src/projections/catch-up.js';

describe('the way to the end of the log', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const begin = () => {
    const told: unknown[] = [];
    const way = new CatchUp(
      1000n,
      (message, { events, eventsPerSecond }) => told.push([message, events, eventsPerSecond]),
      () => told.push('long'),
    );
    const after = (ms: number, events: number, position: bigint, live = false) => {
      jest.advanceTimersByTime(ms);
      way.count(events, position, live);
    };
    return { way, told, after };
  };

  it('is told of every three seconds, and at its end', () => {
    const { way, told, after } = begin();
    after(2999, 600, 600n);
    expect(told).toEqual([]);
    after(1, 50, 650n);
    after(2999, 50, 700n);
    expect(told).toEqual([['read models catching up', 650, 217]]);
    after(1, 50, 750n);
    expect(told.slice(1)).toEqual([['read models catching up', 750, 125]]);
    expect(way.over).toBe(false);
    after(500, 250, 1000n, true);
    expect(told.slice(2)).toEqual([['read models have reached the end of the log', 1000, 154]]);
    expect(way.over).toBe(true);
  });

  it('is long while more than half of it is still to come', () => {
    const { told, after } = begin();
    after(1000, 10, 10n);
    expect(told).toEqual([]);
    after(2000, 489, 499n);
    after(3000, 1, 500n);
    expect(told.map((line) => (line === 'long' ? line : 'told'))).toEqual(['told', 'long', 'told']);
  });

  it('is not long at its end, wherever that is by now', () => {
    const { told, after } = begin();
    after(3000, 10, 10n, true);
    expect(told).toEqual([['read models have reached the end of the log', 10, 3]]);
  });
});

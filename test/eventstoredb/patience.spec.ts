import { describe, expect, it } from '@jest/globals';
import { Patience, pauseMs } from '../../src/event-store/eventstoredb/patience.js';
import { DEFAULT_SETTINGS } from '../../src/event-store/eventstoredb/settings.js';

const HOUR_MS = 3_600_000;

describe('patience with a server', () => {
  const patience = (patienceMs: number, closing: AbortSignal): Patience =>
    new Patience({ ...DEFAULT_SETTINGS, patienceMs, pauseMs: { first: HOUR_MS, longest: HOUR_MS } }, closing);

  it('comes back ever less often, but soon however long the server was away', () => {
    const { first, longest } = DEFAULT_SETTINGS.pauseMs;
    expect(pauseMs(DEFAULT_SETTINGS, 0)).toBeLessThanOrEqual(first);
    for (const pausesBefore of [10, 100, 10_000]) {
      const ms = pauseMs(DEFAULT_SETTINGS, pausesBefore);
      expect(ms).toBeGreaterThanOrEqual(longest / 2);
      expect(ms).toBeLessThanOrEqual(longest);
    }
  });

  it('ends when its time is over, amid a pause too', async () => {
    const short = patience(20, new AbortController().signal);
    while (await short.pause());
    expect(short.spent).toBe(true);
  });

  it('ends when the store is closed, and there is no other try', async () => {
    const closing = new AbortController();
    const long = patience(2 * HOUR_MS, closing.signal);
    const again = long.pause();
    closing.abort();
    expect(await again).toBe(false);
    expect(long.spent).toBe(true);
  });
});

import { describe, expect, it } from '@jest/globals';
import { RateLimit, RETRY_AFTER_S } from '../../src/auth/rate-limit.js';

describe('a rate limit of 10 a second', () => {
  it('lets a burst of 10 pass, and then one every 100 ms', () => {
    const limit = new RateLimit(10);
    const passed = (at: number, count: number): number =>
      Array.from({ length: count }, () => limit.allows('key:a', at)).filter((may) => may).length;
    expect(passed(0, 20)).toBe(10);
    expect(passed(100, 5)).toBe(1);
    expect(passed(600, 20)).toBe(5);
    expect(passed(60_000, 20)).toBe(10);
  });

  it('lets who was turned away pass after the second that the answer names, whatever he tried meanwhile', () => {
    const limit = new RateLimit(1);
    expect(limit.allows('key:a', 0)).toBe(true);
    expect(limit.allows('key:a', 0)).toBe(false);
    expect(limit.allows('key:a', 500)).toBe(false);
    expect(limit.allows('key:a', RETRY_AFTER_S * 1000)).toBe(true);
  });

  it('gives every sender a bucket of its own', () => {
    const limit = new RateLimit(1);
    expect(limit.allows('key:a', 0)).toBe(true);
    expect(limit.allows('key:b', 0)).toBe(true);
    expect(limit.allows('key:a', 0)).toBe(false);
  });

  it('forgets no sender over the thousands that come after him', () => {
    const limit = new RateLimit(1);
    limit.allows('key:a', 0);
    for (let other = 0; other < 20_000; other += 1) limit.allows(`ip:${other}`, 1);
    expect(limit.allows('key:a', 2)).toBe(false);
  });

  it('is off at 0', () => {
    const limit = new RateLimit(0);
    expect(Array.from({ length: 100 }, () => limit.allows('key:a', 0))).not.toContain(false);
  });
});

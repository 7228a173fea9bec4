import { describe, expect, it } from '@jest/globals';
import { RateLimit } from '../../src/auth/rate-limit.js';

describe('a rate limit of 10 a second', () => {
  it('lets a burst of 10 pass, and then one every 100 ms', () => {
    const limit = new RateLimit(10);
    const passed = (at: number, count: number): number =>
      Array.from({ length: count }, () => limit.take('key:a', at)).filter((wait) => wait === 0).length;
    expect(passed(0, 20)).toBe(10);
    expect(passed(100, 5)).toBe(1);
    expect(passed(600, 20)).toBe(5);
    expect(passed(60_000, 20)).toBe(10);
  });

  it('says how many seconds to wait', () => {
    const limit = new RateLimit(1);
    expect(limit.take('key:a', 0)).toBe(0);
    expect(limit.take('key:a', 0)).toBe(1);
    expect(limit.take('key:a', 500)).toBe(1);
    expect(limit.take('key:a', 1000)).toBe(0);
  });

  it('gives every sender a bucket of its own', () => {
    const limit = new RateLimit(1);
    expect(limit.take('key:a', 0)).toBe(0);
    expect(limit.take('key:b', 0)).toBe(0);
    expect(limit.take('key:a', 0)).toBe(1);
  });

  it('is off at 0', () => {
    const limit = new RateLimit(0);
    expect(Array.from({ length: 100 }, () => limit.take('key:a', 0))).not.toContain(1);
  });
});

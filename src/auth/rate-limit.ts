import { LRUCache } from 'lru-cache';

/** Whoever was silent longest is forgotten first; by then the bucket is full again, unless this many are busy. */
const MAX_SENDERS = 50_000;

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** What the answer to a request that may not pass says in `Retry-After`: no limit is less than one a second. */
export const RETRY_AFTER_S = 1;

/**
 * A token bucket a sender: `perSecond` requests a second, with a burst of the same size. Own code, because the
 * packages answer with a promise and a timer a request, and this is one map look-up.
 */
export class RateLimit {
  private readonly buckets = new LRUCache<string, Bucket>({ max: MAX_SENDERS });

  /** @param perSecond a whole number; 0 = no limit */
  constructor(private readonly perSecond: number) {}

  /** Counts a request, if it may pass. @returns whether it may */
  allows(sender: string, now: number = performance.now()): boolean {
    if (this.perSecond === 0) return true;
    let bucket = this.buckets.get(sender);
    if (!bucket) this.buckets.set(sender, (bucket = { tokens: this.perSecond, filledAt: now }));
    const refill = ((now - bucket.filledAt) / 1000) * this.perSecond;
    bucket.tokens = Math.min(this.perSecond, bucket.tokens + refill);
    bucket.filledAt = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}

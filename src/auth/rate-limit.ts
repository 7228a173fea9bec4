import { LRUCache } from 'lru-cache';

/** Whoever was silent longest is forgotten first; by then the bucket is full again, unless this many are busy. */
const MAX_SENDERS = 50_000;

interface Bucket {
  tokens: number;
  filledAt: number;
}

/**
 * A token bucket a sender: `perSecond` requests a second, with a burst of the same size. Own code, because the
 * packages answer with a promise and a timer a request, and this is one map look-up.
 */
export class RateLimit {
  private readonly buckets = new LRUCache<string, Bucket>({ max: MAX_SENDERS });

  /** @param perSecond 0 = no limit */
  constructor(private readonly perSecond: number) {}

  /** Counts a request. @returns 0 when it may pass, else the seconds to wait, at least 1 */
  take(sender: string, now: number = performance.now()): number {
    if (this.perSecond === 0) return 0;
    let bucket = this.buckets.get(sender);
    if (!bucket) this.buckets.set(sender, (bucket = { tokens: this.perSecond, filledAt: now }));
    const refill = ((now - bucket.filledAt) / 1000) * this.perSecond;
    bucket.tokens = Math.min(this.perSecond, bucket.tokens + refill);
    bucket.filledAt = now;
    if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / this.perSecond);
    bucket.tokens -= 1;
    return 0;
  }
}

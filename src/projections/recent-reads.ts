import { LRUCache } from 'lru-cache';

/** Accounts of which something is remembered. */
const ACCOUNTS = 2000;

/**
 * What was read of main accounts lately, each until the read models hold another event of it. Somebody who looks at an
 * account looks again, and to read it takes longer than all else that a query does here.
 */
export class RecentReads<Read extends object> {
  private readonly reads = new LRUCache<string, Read>({ max: ACCOUNTS });

  /** What is remembered of a stream, or what is read now. Nothing is remembered of what is not there. */
  of(stream: string, read: () => Read | undefined): Read | undefined {
    const known = this.reads.get(stream);
    if (known) return known;
    const fresh = read();
    if (fresh) this.reads.set(stream, fresh);
    return fresh;
  }

  /** The read models hold more of these streams; of any when undefined. */
  forget(streams: readonly string[] | undefined): void {
    if (streams) for (const stream of streams) this.reads.delete(stream);
    else this.reads.clear();
  }
}

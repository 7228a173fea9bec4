import { LRUCache } from 'lru-cache';
import type { AccountWriter } from './account-writer.js';

/** Accounts held in memory that nobody is writing to, some 2 kB each; the others are loaded again. */
const MAX_ACCOUNTS = 10_000;
/**
 * What these may take if some are large, or if the index has stopped and their commands cannot be forgotten. It does
 * not bound the busy ones, nor a single account: while the index has stopped, each command booked takes its room, for
 * to refuse it would let the read models stop the ledger. Operators see how far they are behind.
 */
const MAX_BYTES = 256_000_000;
/** What those with appends in doubt may take before accounts that are not in memory are turned away. */
const MAX_BYTES_IN_DOUBT = 32_000_000;

/** The accounts in memory that nobody is writing to. */
export class AccountsAtRest {
  /** Those of which the index may lack the last commands, in the order in which they came to rest. */
  private readonly unindexed = new Set<AccountWriter>();
  private readonly sound = new LRUCache<string, AccountWriter>({
    max: MAX_ACCOUNTS,
    maxSize: MAX_BYTES,
    dispose: (writer) => this.unindexed.delete(writer),
    sizeCalculation: ({ bytes }) => Math.min(bytes, MAX_BYTES),
  });
  /** None of these is forgotten: what is in doubt could then be refused, and be written after that. */
  private readonly inDoubt = new LRUCache<string, AccountWriter>({
    maxSize: Number.MAX_SAFE_INTEGER,
    dispose: (writer) => this.unindexed.delete(writer),
    sizeCalculation: ({ bytes }) => bytes,
  });

  /** Whether there is no room for what further accounts may leave in doubt. */
  get full(): boolean {
    return this.inDoubt.calculatedSize >= MAX_BYTES_IN_DOUBT;
  }

  add(writer: AccountWriter): void {
    (writer.inDoubt ? this.inDoubt : this.sound).set(writer.mainAccountId, writer);
    this.unindexed.add(writer);
  }

  /** The writer of an account, if it is here; it leaves. */
  take(mainAccountId: string): AccountWriter | undefined {
    for (const writers of [this.sound, this.inDoubt]) {
      const writer = writers.get(mainAccountId);
      if (writers.delete(mainAccountId)) return writer;
    }
    return undefined;
  }

  /** The one that has been here in doubt the longest; it leaves. */
  takeInDoubt(): AccountWriter | undefined {
    return this.inDoubt.pop();
  }

  /** Lets them forget the commands that the index has by now. */
  prune(): void {
    for (const writer of this.unindexed) {
      if (!writer.prune()) break;
      this.unindexed.delete(writer);
    }
  }
}

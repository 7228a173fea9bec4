import type { AccountWriter } from './account-writer.js';

/** Accounts held in memory that nobody is writing to, some 2 kB each; the others are loaded again. */
const MAX_ACCOUNTS = 8_000;
/**
 * What these may take if some are large, or if the index has stopped and their commands cannot be forgotten. It does
 * not bound the busy ones, nor a single account: while the index has stopped, each command booked takes its room, for
 * to refuse it would let the read models stop the ledger. Operators see how far they are behind.
 */
const MAX_BYTES = 256_000_000;
/** What those with appends in doubt may take before accounts that are not in memory are turned away. */
const MAX_BYTES_IN_DOUBT = 32_000_000;

interface Resting {
  readonly writer: AccountWriter;
  /** When it came, and no more than all of them may take: one that is larger is kept as long as it is alone. */
  readonly bytes: number;
}

/**
 * Accounts, the one that has been here the longest first. Not the library's cache that others use: with each command
 * one leaves and comes back, and whenever its last one leaves, that clears room for all it may hold, some 40 µs.
 */
class InOrder {
  private readonly resting = new Map<string, Resting>();
  bytes = 0;

  get size(): number {
    return this.resting.size;
  }

  add(writer: AccountWriter): void {
    const bytes = Math.min(writer.bytes, MAX_BYTES);
    this.resting.set(writer.mainAccountId, { writer, bytes });
    this.bytes += bytes;
  }

  take(mainAccountId: string): AccountWriter | undefined {
    const found = this.resting.get(mainAccountId);
    if (!found) return undefined;
    this.resting.delete(mainAccountId);
    this.bytes -= found.bytes;
    return found.writer;
  }

  takeFirst(): AccountWriter | undefined {
    const [first] = this.resting.keys();
    return first === undefined ? undefined : this.take(first);
  }
}

/** The accounts in memory that nobody is writing to. */
export class AccountsAtRest {
  /** Those of which the index may lack the last commands, in the order in which they came to rest. */
  private readonly unindexed = new Set<AccountWriter>();
  private readonly sound = new InOrder();
  /** None of these is forgotten: what is in doubt could then be refused, and be written after that. */
  private readonly inDoubt = new InOrder();

  /** Whether there is no room for what further accounts may leave in doubt. */
  get full(): boolean {
    return this.inDoubt.bytes >= MAX_BYTES_IN_DOUBT;
  }

  add(writer: AccountWriter): void {
    this.unindexed.add(writer);
    if (writer.inDoubt) return this.inDoubt.add(writer);
    this.sound.add(writer);
    while (this.sound.size > MAX_ACCOUNTS || this.sound.bytes > MAX_BYTES)
      this.unindexed.delete(this.sound.takeFirst()!);
  }

  /** The writer of an account, if it is here; it leaves. */
  take(mainAccountId: string): AccountWriter | undefined {
    return this.left(this.sound.take(mainAccountId) ?? this.inDoubt.take(mainAccountId));
  }

  /** The one that has been here in doubt the longest; it leaves. */
  takeInDoubt(): AccountWriter | undefined {
    return this.left(this.inDoubt.takeFirst());
  }

  /** Lets them forget the commands that the index has by now. */
  prune(): void {
    for (const writer of this.unindexed) {
      if (!writer.prune()) break;
      this.unindexed.delete(writer);
    }
  }

  private left(writer: AccountWriter | undefined): AccountWriter | undefined {
    if (writer) this.unindexed.delete(writer);
    return writer;
  }
}

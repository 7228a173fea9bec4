import { Node, Yallist } from 'yallist';
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

/** An account in memory, and its places among those at rest: nowhere while it is busy. */
export class HeldAccount {
  /** In the order in which they came to rest. */
  readonly place = new Node<HeldAccount>(this);
  /** The same of those of which the index may lack the last commands. */
  readonly unindexed = new Node<HeldAccount>(this);
  /** When it came, and no more than all of them may take: one that is larger is kept as long as it is alone. */
  bytes = 0;
  /** Whether it takes a step at the end of this turn of the event loop. */
  isDue = false;

  constructor(readonly writer: AccountWriter) {}

  get isAtRest(): boolean {
    return this.place.list !== undefined;
  }
}

/**
 * Accounts, the one that has been here the longest first. With each command one leaves and comes back. In a map, which
 * keeps an order too, that takes room among the old objects, and with the library's cache it clears all that this may
 * hold whenever the last one leaves.
 */
class InOrder {
  private readonly places = new Yallist<HeldAccount>();
  bytes = 0;

  get size(): number {
    return this.places.length;
  }

  get first(): HeldAccount | undefined {
    return this.places.head?.value;
  }

  add(account: HeldAccount): void {
    account.bytes = Math.min(account.writer.bytes, MAX_BYTES);
    this.bytes += account.bytes;
    this.places.pushNode(account.place);
  }

  /** @returns whether it was here */
  delete(account: HeldAccount): boolean {
    if (account.place.list !== this.places) return false;
    this.places.removeNode(account.place);
    this.bytes -= account.bytes;
    return true;
  }
}

/** The accounts in memory that nobody is writing to. */
export class AccountsAtRest {
  private readonly unindexed = new Yallist<HeldAccount>();
  private readonly sound = new InOrder();
  /** None of these is forgotten: what is in doubt could then be refused, and be written after that. */
  private readonly inDoubt = new InOrder();

  /** @param forget told of an account that has left for want of room */
  constructor(private readonly forget: (account: HeldAccount) => void) {}

  get size(): number {
    return this.sound.size + this.inDoubt.size;
  }

  /** Whether there is no room for what further accounts may leave in doubt. */
  get full(): boolean {
    return this.inDoubt.bytes >= MAX_BYTES_IN_DOUBT;
  }

  add(account: HeldAccount): void {
    this.unindexed.pushNode(account.unindexed);
    if (account.writer.inDoubt) return this.inDoubt.add(account);
    this.sound.add(account);
    while (this.sound.size > MAX_ACCOUNTS || this.sound.bytes > MAX_BYTES) {
      const { first } = this.sound;
      this.take(first!);
      this.forget(first!);
    }
  }

  /** It leaves, if it is here. */
  take(account: HeldAccount): void {
    if (!this.sound.delete(account)) this.inDoubt.delete(account);
    account.unindexed.list?.removeNode(account.unindexed);
  }

  /** The one that has been here in doubt the longest; it leaves. */
  takeInDoubt(): HeldAccount | undefined {
    const { first } = this.inDoubt;
    if (first) this.take(first);
    return first;
  }

  /** Lets them forget the commands that the index has by now. */
  prune(): void {
    for (let at = this.unindexed.head; at?.value.writer.prune(); at = this.unindexed.head)
      this.unindexed.removeNode(at);
  }
}

import type { Position } from '../event-store/event-store.js';
import { HASH_BYTES, writeEventLeaf } from './merkle.js';

/** What threads need to look at the same stretch of the log. */
export interface StretchOrder {
  /** The last position before it. */
  readonly after: Position;
  /** Its last one. */
  readonly end: Position;
  /** Shared by all threads. */
  readonly bytes: SharedArrayBuffer;
}

/**
 * The leaves of a stretch of the log, each written to where its event stands: so they need not be sent, nor put in
 * order.
 */
export class Stretch implements StretchOrder {
  readonly bytes: SharedArrayBuffer;
  private readonly leaves: Buffer;
  /** 1 for a position with an event of the ledger. */
  private readonly taken: Uint8Array;
  /** The position of its first place. As a number: to subtract bigints takes memory for each. */
  private readonly first: number;

  constructor(
    readonly after: Position,
    readonly end: Position,
    bytes?: SharedArrayBuffer,
  ) {
    const positions = Number(end - after);
    this.first = Number(after) + 1;
    this.bytes = bytes ?? new SharedArrayBuffer((HASH_BYTES + 1) * positions);
    this.leaves = Buffer.from(this.bytes, 0, HASH_BYTES * positions);
    this.taken = new Uint8Array(this.bytes, HASH_BYTES * positions);
  }

  /** Notes that an event of the ledger stands there, and its leaf. @returns false where none can, or another does */
  write(position: Position, eventHash: string): boolean {
    const place = Number(position) - this.first;
    // At once, for another thread may have one that stands there too.
    if (place < 0 || Atomics.exchange(this.taken, place, 1) === 1) return false;
    writeEventLeaf(eventHash, this.leaves, HASH_BYTES * place);
    return true;
  }

  /** The leaves side by side, moved together where there are events that are none of the ledger's. */
  leavesInOrder(): Buffer {
    const { leaves, taken } = this;
    const gap = taken.indexOf(0);
    if (gap === -1) return leaves;
    let end = HASH_BYTES * gap;
    for (let place = gap; place < taken.length; place++) {
      if (taken[place] === 0) continue;
      leaves.copyWithin(end, HASH_BYTES * place, HASH_BYTES * (place + 1));
      end += HASH_BYTES;
    }
    return leaves.subarray(0, end);
  }
}

import type { Position } from '../event-store/event-store.js';
import { HASH_BYTES } from './merkle.js';

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
 * The hashes that the events of a stretch of the log bear, each written to where its event stands: so they need not be
 * sent, nor put in order.
 */
export class Stretch implements StretchOrder {
  readonly bytes: SharedArrayBuffer;
  private readonly hashes: Buffer;
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
    this.hashes = Buffer.from(this.bytes, 0, HASH_BYTES * positions);
    this.taken = new Uint8Array(this.bytes, HASH_BYTES * positions);
  }

  /** Notes that an event of the ledger stands there, and its hash. @returns false where none can, or another does */
  write(position: Position, eventHash: string): boolean {
    const place = Number(position) - this.first;
    // At once, for another thread may have one that stands there too.
    if (place < 0 || Atomics.exchange(this.taken, place, 1) === 1) return false;
    this.hashes.write(eventHash, HASH_BYTES * place, 'hex');
    return true;
  }

  /** The hashes side by side, moved together where there are events that are none of the ledger's. */
  hashesInOrder(): Buffer {
    const { hashes, taken } = this;
    const gap = taken.indexOf(0);
    if (gap === -1) return hashes;
    let end = HASH_BYTES * gap;
    for (let place = gap; place < taken.length; place++) {
      if (taken[place] === 0) continue;
      hashes.copyWithin(end, HASH_BYTES * place, HASH_BYTES * (place + 1));
      end += HASH_BYTES;
    }
    return hashes.subarray(0, end);
  }
}

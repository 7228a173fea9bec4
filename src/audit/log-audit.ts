import { START, type Position, type RecordedEvent } from '../event-store/event-store.js';
import { addMisplaced } from './chain.js';
import type { Findings } from './findings.js';
import { subtrees } from './merkle-by-fours.js';
import { CompactTree, eventLeaf, HASH_BYTES, type Hash, type TreeSize } from './merkle.js';

/** Checks the log as a whole: its order, and that it is the one that checkpoints were made of. */
export class LogAudit {
  seen = 0;
  /** Of the last event seen. */
  position: Position = START;
  private readonly grown = new CompactTree();

  constructor(
    private readonly findings: Findings,
    private readonly checkpoints: readonly TreeSize[],
  ) {
    this.compare();
  }

  /** The events of the ledger so far. */
  get tree(): TreeSize {
    return { size: this.grown.size, root: this.grown.root() };
  }

  /** @param hash that the event bears; undefined for one that is none of the ledger's */
  check(event: RecordedEvent, hash: string | undefined): void {
    this.seen += 1;
    if (event.position <= this.position) addMisplaced(this.findings, event);
    this.position = event.position;
    if (hash !== undefined) this.grow(eventLeaf(hash), 0);
  }

  /** Adds the ledger's next events to the tree. @param hashes that they bear, side by side */
  append(hashes: Buffer): void {
    for (let at = 0; at < hashes.length;) {
      const level = this.nextSubtree((hashes.length - at) / HASH_BYTES);
      const end = at + HASH_BYTES * 2 ** level;
      this.grow(subtrees.ofEvents(hashes.subarray(at, end)), level);
      at = end;
    }
  }

  finish(): void {
    for (const { size } of this.checkpoints)
      if (size > this.grown.size)
        this.findings.add(
          'checkpoint',
          `the checkpoint was made of ${size} events, but the log has only ${this.grown.size}`,
        );
  }

  /** Level of the largest complete subtree that so many more events make next, up to where there is a checkpoint. */
  private nextSubtree(events: number): number {
    const { size } = this.grown;
    let most = events;
    for (const checkpoint of this.checkpoints)
      if (checkpoint.size > size) most = Math.min(most, checkpoint.size - size);
    let level = 0;
    while (size % 2 ** (level + 1) === 0 && 2 ** (level + 1) <= most) level += 1;
    return level;
  }

  private grow(root: Hash, level: number): void {
    this.grown.append(root, level);
    this.compare();
  }

  private compare(): void {
    for (const { size, root: stated } of this.checkpoints)
      if (size === this.grown.size && !stated.equals(this.grown.root()))
        this.findings.add(
          'checkpoint',
          `the first ${size} events are not those that the checkpoint was made of`,
        );
  }
}

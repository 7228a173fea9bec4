import type { Position, RecordedEvent } from '../event-store/event-store.js';
import type { Findings } from './findings.js';
import { CompactTree, eventLeaf, type Hash } from './merkle.js';

/** How many events of the ledger, in log order, and the root over them. */
export interface TreeSize {
  readonly size: number;
  readonly root: Hash;
}

/** Checks the log as a whole: its order, and that it is the one that checkpoints were made of. */
export class LogAudit {
  seen = 0;
  /** Of the last event seen. */
  position: Position = -1n;
  private readonly grown = new CompactTree();

  constructor(
    private readonly findings: Findings,
    private readonly checkpoints: readonly TreeSize[],
  ) {}

  /** The events of the ledger so far. */
  get tree(): TreeSize {
    return { size: this.grown.size, root: this.grown.root() };
  }

  /** @param hash that the event bears; undefined for one that is none of the ledger's */
  check(event: RecordedEvent, hash: string | undefined): void {
    this.seen += 1;
    if (event.position <= this.position)
      this.findings.add(
        'order',
        `it stands after position ${this.position} in the log, at ${event.position}`,
        event,
      );
    this.position = event.position;
    if (hash !== undefined) this.append(eventLeaf(hash));
  }

  /** Adds the leaf of the ledger's next event to the tree. */
  append(leaf: Hash): void {
    this.grown.append(leaf);
    for (const { size, root } of this.checkpoints)
      if (size === this.grown.size && !root.equals(this.grown.root()))
        this.findings.add(
          'checkpoint',
          `the first ${size} events are not those that the checkpoint was made of`,
        );
  }

  finish(): void {
    for (const { size } of this.checkpoints)
      if (size > this.grown.size)
        this.findings.add(
          'checkpoint',
          `the checkpoint was made of ${size} events, but the log has only ${this.grown.size}`,
        );
  }
}

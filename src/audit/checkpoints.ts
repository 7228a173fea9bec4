import { join } from 'node:path';
import type { EventStore, Position, RecordedEvent } from '../event-store/event-store.js';
import { reasonOf } from '../event-store/errors.js';
import { replaceFile } from '../files/small-file.js';
import { mainAccountStream } from '../ledger/streams.js';
import { NotInReadModel } from '../projections/errors.js';
import type { Reads } from '../projections/reads.js';
import { LogTree } from '../projections/tree/log-tree.js';
import { readCheckpoint, treeHeadText, type TreeHead } from './checkpoint.js';
import type { CheckpointKeys } from './checkpoint-keys.js';
import { consistencyProof, inclusionProof, rootAt } from './merkle-proof.js';
import { brokenPromise, readPublished } from './published-checkpoint.js';
import { signNote } from './signed-note.js';

/** There is no such event, or no tree of that size yet. */
export class NotInTree extends NotInReadModel {
  override readonly name = 'NotInTree';
}

/** The log is not, or may not be, the one that the last published checkpoint was made of: nothing more is signed. */
export class HistoryRewritten extends Error {
  override readonly name = 'HistoryRewritten';
}

/** That an event is in the log that a checkpoint was made of. Hashes are base64. */
export interface EventProof {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
  readonly metadata: unknown;
  /** Place of the event in the tree. */
  readonly leafIndex: number;
  readonly checkpoint: string;
  /** RFC 6962 audit path, nearest first. */
  readonly proof: readonly string[];
}

/** That the tree of one size begins with all events of a smaller one. */
export interface ConsistencyProof {
  readonly older: string;
  readonly checkpoint: string;
  readonly proof: readonly string[];
}

export const checkpointFileIn = (dataDir: string): string => join(dataDir, 'checkpoint.txt');

/** Signs what the log was at a size. All of it can be made again from the log, but for the secret key. */
export class Checkpoints {
  /** The size of the last one whose file is on disk for certain, as far as this process knows. */
  private kept: number | undefined;

  /** @param file where the last published checkpoint is kept: the ledger's own memory of what it has signed */
  constructor(
    private readonly store: EventStore,
    private readonly reads: Reads,
    readonly keys: CheckpointKeys,
    private readonly file: string,
  ) {}

  /** The tree as it is now, signed. @throws ReadModelBehind, PositionInFuture, HistoryRewritten */
  async latest(atLeast?: Position): Promise<string> {
    return (await this.read(atLeast, (tree) => ({ note: this.sign(tree, tree.size) }))).note;
  }

  /** The tree as it was at a size, signed. @throws NotInTree, ReadModelBehind, PositionInFuture, HistoryRewritten */
  async at(size: number, atLeast?: Position): Promise<string> {
    return (await this.read(atLeast, (tree) => ({ note: this.sign(tree, size) }))).note;
  }

  /** @throws NotInTree, ReadModelBehind, PositionInFuture, HistoryRewritten, StoreUnavailable */
  async event(mainAccountId: string, revision: number, atLeast?: Position): Promise<EventProof> {
    const event = await this.find(mainAccountId, revision);
    const { leafIndex, checkpoint, proof } = await this.read(atLeast, (tree) => {
      const leaf = tree.leafAt(event.position);
      if (leaf === undefined) throw new NotInTree(`Event ${event.id} is not in the tree`);
      const { size } = tree;
      const path = inclusionProof(leaf, size, tree.node);
      return { leafIndex: leaf, checkpoint: this.sign(tree, size), proof: path.map(base64) };
    });
    const { stream, id, type } = event;
    const data: unknown = JSON.parse(event.data);
    const metadata: unknown = JSON.parse(event.metadata);
    return { stream, revision, id, type, data, metadata, leafIndex, checkpoint, proof };
  }

  /** @param size of the later tree; that of now when undefined @throws NotInTree, ReadModelBehind, PositionInFuture, HistoryRewritten */
  async consistency(older: number, size?: number, atLeast?: Position): Promise<ConsistencyProof> {
    const { answer } = await this.read(atLeast, (tree) => {
      const later = size ?? tree.size;
      if (older < 1 || older > later)
        throw new NotInTree(`No tree of ${older} events came before one of ${later}`);
      return {
        answer: {
          older: this.sign(tree, older),
          checkpoint: this.sign(tree, later),
          proof: consistencyProof(older, later, tree.node).map(base64),
        },
      };
    });
    return answer;
  }

  /** Signs the tree as it is now and keeps it, for the next time to be held to. @throws HistoryRewritten, CannotWrite */
  async publish(): Promise<void> {
    const note = await this.latest();
    const { size } = readCheckpoint(note, []);
    if (size === this.kept && size === this.published()?.size) return;
    replaceFile(this.file, note, 0o644);
    this.kept = size;
  }

  private read<Answer extends object>(
    atLeast: Position | undefined,
    read: (tree: LogTree) => Answer,
  ): Promise<Answer> {
    return this.reads.read('tree', atLeast, (models) => {
      const tree = new LogTree(models);
      this.holdToPublished(tree);
      return read(tree);
    });
  }

  private holdToPublished(tree: LogTree): void {
    const known = this.published();
    const broken = known && brokenPromise(known, tree.size, (size) => rootAt(size, tree.node));
    if (broken) throw new HistoryRewritten(broken);
  }

  /** Without knowing what was signed, nothing can be held to it. */
  private published(): TreeHead | undefined {
    try {
      return readPublished(this.file);
    } catch (error) {
      throw new HistoryRewritten(reasonOf(error), { cause: error });
    }
  }

  private sign(tree: LogTree, size: number): string {
    if (size > tree.size) throw new NotInTree(`The log has ${tree.size} events, not ${size}`);
    const { origin, signer } = this.keys;
    return signNote(treeHeadText({ origin, size, root: rootAt(size, tree.node) }), signer);
  }

  private async find(mainAccountId: string, revision: number): Promise<RecordedEvent> {
    const event = await this.store.eventAtRevision(mainAccountStream(mainAccountId), revision);
    if (event) return event;
    throw new NotInTree(`Main account ${mainAccountId} has no event ${revision}`);
  }
}

const base64 = (hash: Buffer): string => hash.toString('base64');

import { createHash } from 'node:crypto';
import { isTombstone, START, type EventReader, type RecordedEvent } from '../event-store/event-store.js';
import { mainAccountIdOf, mainAccountStream } from '../ledger/streams.js';
import {
  checkpointLine,
  eventLine,
  FIRST_LINE,
  hashOfLines,
  headLines,
  ledgerVersion,
  manifestLine,
  MAX_LINE,
  type BundledCheckpoint,
  type Head,
  type Manifest,
  type Selection,
} from './bundle.js';
import type { TreeHead } from './checkpoint.js';
import { CompactTree, eventLeaf } from './merkle.js';
import { brokenPromise } from './published-checkpoint.js';

/** Something that stands in the way of an export. */
export class CannotExport extends Error {
  override readonly name = 'CannotExport';
}

export interface ExportResult {
  readonly manifest: Manifest;
  /** SHA-256 of the manifest: who notes it knows the bundle again. */
  readonly hash: string;
}

export interface ExportOptions {
  readonly selection: Selection;
  /** The checkpoint to send along, for the tree that the bundle holds. */
  readonly checkpoint?: (tree: CompactTree) => BundledCheckpoint;
  /** What was signed before, which the tree must agree with to be signed. */
  readonly published?: TreeHead | undefined;
  readonly onProgress?: (events: number, last: RecordedEvent) => void;
}

/** The lines of a bundle, made while the log is read. */
export class BundleSource {
  private readonly heads = new Map<string, Head>();
  private readonly tree = new CompactTree();
  private readonly eventsHash = createHash('sha256');
  private readonly mainAccounts: ReadonlySet<string> | undefined;
  private readonly deleted = new Set<string>();
  private events = 0;
  /** The root that the tree had at the size that was signed before. */
  private rootSigned = this.tree.root();
  private written: ExportResult | undefined;

  constructor(
    private readonly reader: EventReader,
    private readonly options: ExportOptions,
  ) {
    const { mainAccounts } = options.selection;
    if (mainAccounts) this.mainAccounts = new Set(mainAccounts);
  }

  result(): ExportResult {
    if (!this.written) throw new CannotExport('the bundle has not been written');
    return this.written;
  }

  async *lines(): AsyncGenerator<string, void> {
    yield `${FIRST_LINE}\n`;
    for await (const page of this.reader.readAll(START)) {
      const chosen = page.filter((event) => this.take(event));
      if (chosen.length > 0) {
        const text = `${chosen.map(eventLine).join('\n')}\n`;
        this.eventsHash.update(text);
        yield text;
      }
      const last = page.at(-1);
      if (last) this.options.onProgress?.(this.events, last);
    }
    for (const mainAccountId of this.mainAccounts ?? [])
      if (!this.heads.has(mainAccountStream(mainAccountId)) && !this.deleted.has(mainAccountId))
        throw new CannotExport(`the log has no events of main account ${mainAccountId}`);
    yield* this.ending();
  }

  private *ending(): Generator<string, void> {
    const { selection } = this.options;
    const heads = headLines(this.heads);
    const deleted = [...this.deleted].toSorted();
    const complete = selection.mainAccounts === null && selection.until === null && deleted.length === 0;
    const manifest: Manifest = {
      createdAt: new Date().toISOString(),
      ...(deleted.length > 0 && { deleted }),
      events: this.events,
      eventsHash: this.eventsHash.digest('hex'),
      headsHash: hashOfLines(heads),
      ledgerVersion: ledgerVersion(),
      mainAccounts: this.heads.size,
      schema: 1,
      selection,
      tree: complete ? { root: this.tree.root().toString('base64'), size: this.tree.size } : null,
    };
    if (heads.length > 0) yield `${heads.join('\n')}\n`;
    const checkpoint = complete ? this.signed() : undefined;
    if (checkpoint) yield `${checkpointLine(checkpoint)}\n`;
    const { line, hash } = manifestLine(manifest);
    const bytes = Buffer.byteLength(line);
    if (bytes > MAX_LINE)
      throw new CannotExport(
        `the manifest would have ${bytes} bytes, and no verifier reads more than ${MAX_LINE} in a line: ` +
          'export fewer main accounts at a time, by --main-account',
      );
    this.written = { manifest, hash };
    yield `${line}\n`;
  }

  /** @throws CannotExport when another log was signed for before */
  private signed(): BundledCheckpoint | undefined {
    const { checkpoint, published } = this.options;
    const broken = checkpoint && published && brokenPromise(published, this.tree.size, () => this.rootSigned);
    if (broken) throw new CannotExport(broken);
    return checkpoint?.(this.tree);
  }

  /** Whether the event belongs in the bundle. Notes where its stream stands with it. */
  private take(event: RecordedEvent): boolean {
    const mainAccountId = mainAccountIdOf(event.stream);
    if (mainAccountId === undefined || this.mainAccounts?.has(mainAccountId) === false) return false;
    if (isTombstone(event)) {
      this.deleted.add(mainAccountId);
      return false;
    }
    const { hash, recordedAt } = sealOf(event);
    const { until } = this.options.selection;
    if (until !== null && recordedAt > until) return false;
    this.heads.set(event.stream, { revision: event.revision, hash });
    this.tree.append(eventLeaf(hash));
    if (this.tree.size === this.options.published?.size) this.rootSigned = this.tree.root();
    this.events += 1;
    return true;
  }
}

/** @throws CannotExport for an event that would not come back from the bundle as it is stored */
function sealOf(event: RecordedEvent): { hash: string; recordedAt: string } {
  try {
    const metadata = JSON.parse(event.metadata) as { hash: string; recordedAt: string };
    const same =
      JSON.stringify(metadata) === event.metadata && JSON.stringify(JSON.parse(event.data)) === event.data;
    if (same && typeof metadata.hash === 'string' && typeof metadata.recordedAt === 'string') return metadata;
  } catch {
    // Not JSON: said below like every other form that is not the ledger's.
  }
  throw new CannotExport(
    `${event.stream} revision ${event.revision} is not in the ledger's form: run verify to know more`,
  );
}

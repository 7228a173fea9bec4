import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { RecordedEvent } from '../event-store/event-store.js';
import type { AuditReport } from './audit.js';
import {
  FIRST_LINE,
  hashOfLines,
  headLines,
  manifestFits,
  NoBundle,
  type BundledCheckpoint,
  type Manifest,
} from './bundle.js';

const PAGE = 500;
/** Longer than any line of an event can be. */
const MAX_LINE = 8 * 1024 * 1024;

type Line = Partial<RecordedEvent> & {
  readonly head?: unknown;
  readonly checkpoint?: BundledCheckpoint;
  readonly manifest?: Manifest;
  readonly hash?: string;
};

/** Reads a bundle line by line, in constant memory. What is wrong with it, beside its events, is in `problems`. */
export class BundleReader {
  manifest: Manifest | undefined;
  readonly checkpoints: BundledCheckpoint[] = [];
  problems: string[] = [];
  /** Bytes of the file read so far, and in all. */
  bytesRead = 0;
  readonly bytes: number;
  private readonly heads: string[] = [];

  constructor(private readonly file: string) {
    this.bytes = statSync(file).size;
  }

  /**
   * The events, at the positions 1, 2, 3, …
   * @throws NoBundle when the file is of another kind
   */
  async *events(): AsyncGenerator<readonly RecordedEvent[], void> {
    this.start();
    const eventsHash = createHash('sha256');
    let page: RecordedEvent[] = [];
    let position = 0n;
    for await (const text of this.lines()) {
      const line = readLine(text);
      if (!line) this.problems.push(`a line is no JSON object: ${text.slice(0, 60)}`);
      else if (isEvent(line)) {
        eventsHash.update(text).update('\n');
        page.push(recorded(line, ++position));
      } else this.take(text, line);
      if (page.length === PAGE) {
        yield page;
        page = [];
      }
    }
    if (page.length > 0) yield page;
    this.checkManifest(Number(position), eventsHash.digest('hex'));
  }

  /** What the manifest says otherwise than the audited events. */
  compare({ accounts, tree }: AuditReport): string[] {
    const { manifest } = this;
    if (!manifest) return [];
    const problems = [];
    if (manifest.headsHash !== hashOfLines(headLines(accounts)))
      problems.push('the heads are not those of the events');
    if (manifest.mainAccounts !== accounts.size)
      problems.push(
        `the manifest counts ${manifest.mainAccounts} main accounts, the events ${accounts.size}`,
      );
    const root = tree.root.toString('base64');
    if (manifest.tree && (manifest.tree.root !== root || manifest.tree.size !== tree.size))
      problems.push(`the tree of the manifest is not that of the events, ${root}`);
    return problems;
  }

  private start(): void {
    this.problems = [];
    this.heads.length = 0;
    this.checkpoints.length = 0;
    this.manifest = undefined;
    this.bytesRead = 0;
  }

  private take(text: string, { head, checkpoint, manifest, hash }: Line): void {
    if (head) this.heads.push(text);
    else if (checkpoint) this.checkpoints.push(checkpoint);
    else if (manifest) {
      this.manifest = manifest;
      if (!manifestFits(text, hash ?? ''))
        this.problems.push('the manifest does not have the hash beside it');
    } else this.problems.push(`a line is of no known kind: ${text.slice(0, 60)}`);
  }

  private checkManifest(events: number, eventsHash: string): void {
    const { manifest } = this;
    if (!manifest) {
      this.problems.push('the file ends before its manifest');
      return;
    }
    if (manifest.events !== events)
      this.problems.push(`the manifest counts ${manifest.events} events, the file ${events}`);
    if (manifest.eventsHash !== eventsHash)
      this.problems.push('the events do not have the hash of the manifest');
    if (manifest.headsHash !== hashOfLines(this.heads))
      this.problems.push('the heads do not have the hash of the manifest');
  }

  private async *lines(): AsyncGenerator<string, void> {
    const file = createReadStream(this.file, { highWaterMark: 1 << 18 });
    file.on('data', (chunk) => (this.bytesRead += chunk.length));
    // The callback: an error of either stream ends the reading of the second, below.
    const text = pipeline(file, createGunzip(), () => undefined).setEncoding('utf8') as AsyncIterable<string>;
    let rest = '';
    let first = true;
    try {
      for await (const chunk of text) {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        if (rest.length > MAX_LINE)
          throw new NoBundle(`${this.file} has a line that is too long for a bundle`);
        for (const line of lines) {
          if (first && line !== FIRST_LINE)
            throw new NoBundle(`${this.file} is no audit bundle that this release can read`);
          if (!first) yield line;
          first = false;
        }
      }
    } catch (error) {
      const code = zlibCode(error);
      if (code === undefined) throw error;
      if (first && code !== CUT_SHORT) throw new NoBundle(`${this.file} is no audit bundle`);
      this.problems.push(code === CUT_SHORT ? 'the file is cut short' : 'the compressed file is damaged');
    }
    if (rest !== '') this.problems.push('the last line is cut short');
  }
}

/** What zlib says of a file that ends too early. */
const CUT_SHORT = 'Z_BUF_ERROR';

function zlibCode(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return code.startsWith('Z_') ? code : undefined;
}

function readLine(text: string): Line | undefined {
  try {
    const line: unknown = JSON.parse(text);
    return typeof line === 'object' && line !== null ? line : undefined;
  } catch {
    return undefined;
  }
}

const isEvent = ({ stream, revision, id, type }: Line): boolean =>
  typeof stream === 'string' &&
  typeof revision === 'number' &&
  typeof id === 'string' &&
  typeof type === 'string';

const recorded = (
  { stream = '', revision = 0, id = '', type = '', data, metadata }: Line,
  position: bigint,
): RecordedEvent => ({
  stream,
  revision,
  id,
  type,
  position,
  data: JSON.stringify(data) ?? '',
  metadata: JSON.stringify(metadata) ?? '',
});

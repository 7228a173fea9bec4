import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import type { RecordedEvent } from '../event-store/event-store.js';
import { mainAccountIdOf } from '../ledger/streams.js';
import {
  checkpointLine,
  eventLine,
  hashOfLines,
  manifestLine,
  type BundledCheckpoint,
  type Manifest,
} from './bundle.js';
import { bundleLines } from './bundle-lines.js';

const PAGE = 500;

/** With more than that the file is no bundle any more. */
const MAX_PROBLEMS = 1_000;

type Line = Partial<RecordedEvent> & {
  readonly head?: unknown;
  readonly checkpoint?: BundledCheckpoint;
  readonly manifest?: Manifest;
};

/** The member that tells what a line is, in the order in which the lines stand. */
const KINDS = ['stream', 'head', 'checkpoint', 'manifest'] as const;

/** Reads a bundle line by line, in constant memory. What is wrong with it, beside its events, is in `problems`. */
export class BundleReader {
  manifest: Manifest | undefined;
  readonly checkpoints: BundledCheckpoint[] = [];
  problems: string[] = [];
  /** Bytes of the file read so far, and in all. */
  bytesRead = 0;
  readonly bytes: number;
  private readonly heads: string[] = [];
  /** Of the line before: its place in KINDS. */
  private kind = 0;

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
    for await (const text of bundleLines(this.file, (bytes) => (this.bytesRead += bytes), this.problems)) {
      try {
        const line = readLine(text);
        if (!line) this.bad('is no JSON object', text);
        else if (this.take(text, line)) {
          eventsHash.update(text).update('\n');
          page.push(this.recorded(text, line, ++position));
        }
      } catch (error) {
        // The stack was too small to write it again.
        if (!(error instanceof RangeError)) throw error;
        this.bad('is nested too deeply', text);
      }
      if (page.length === PAGE) {
        yield page;
        page = [];
      }
    }
    if (page.length > 0) yield page;
    this.checkManifest(Number(position), eventsHash.digest('hex'));
  }

  private start(): void {
    this.problems = [];
    this.heads.length = 0;
    this.checkpoints.length = 0;
    this.manifest = undefined;
    this.bytesRead = 0;
    this.kind = 0;
  }

  /** @returns true for an event, which the caller takes */
  private take(text: string, line: Line): boolean {
    const kind = KINDS.findIndex((name) => line[name]);
    if (kind === -1 || (kind === 0 && !isEvent(line))) {
      this.bad('is of no known kind', text);
      return false;
    }
    if (kind < this.kind || this.manifest) this.bad('is out of place', text);
    this.kind = kind;
    if (kind === 0) return true;
    if (line.head) this.heads.push(text);
    else if (line.checkpoint) {
      if (checkpointLine(line.checkpoint) !== text) this.bad('is not in the form of a checkpoint', text);
      this.checkpoints.push(line.checkpoint);
    } else if (line.manifest) {
      if (manifestLine(line.manifest).line !== text)
        this.problems.push('the manifest does not have the hash beside it');
      // Not before: one that is nested too deeply is none.
      this.manifest = line.manifest;
    }
    return false;
  }

  private recorded(text: string, line: Line, position: bigint): RecordedEvent {
    const event = recorded(line, position);
    if (eventLine(event) !== text) this.bad('is not in the form of an event', text);
    if (mainAccountIdOf(event.stream) === undefined) this.bad('is an event of no main account', text);
    return event;
  }

  private bad(what: string, line: string): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(`a line ${what}: ${line.slice(0, 60)}`);
  }

  private checkManifest(events: number, eventsHash: string): void {
    const { manifest } = this;
    if (!manifest) {
      this.problems.push('the file ends before its manifest');
      return;
    }
    if (manifest.events !== events)
      this.problems.push(`the manifest counts other events than the file, which has ${events}`);
    if (manifest.eventsHash !== eventsHash)
      this.problems.push('the events do not have the hash of the manifest');
    if (manifest.headsHash !== hashOfLines(this.heads))
      this.problems.push('the heads do not have the hash of the manifest');
  }
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

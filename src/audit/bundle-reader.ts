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
import { isObject, MAX_DEPTH, parsed, unreadable, type Members } from './json-form.js';

const PAGE = 500;

/** With more than that the file is no bundle any more. */
const MAX_PROBLEMS = 1_000;

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
    for await (const lines of bundleLines(this.file, (bytes) => (this.bytesRead += bytes), this.problems)) {
      for (const text of lines) {
        const line = this.take(text);
        if (!line) continue;
        eventsHash.update(text).update('\n');
        page.push(this.recorded(text, line, ++position));
        if (page.length < PAGE) continue;
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

  /** @returns the line if it is an event, which the caller takes */
  private take(text: string): EventLine | undefined {
    const line = parsed(text);
    if (!isObject(line)) return this.bad('is no JSON object', text);
    const flaw = unreadable(line, MAX_DEPTH);
    if (flaw) return this.bad(flaw, text);
    const kind = KINDS.findIndex((name) => line[name] !== undefined);
    if (kind === -1) return this.bad('is of no known kind', text);
    if (kind < this.kind || this.manifest) this.bad('is out of place', text);
    this.kind = kind;
    if (kind === 0) return isEvent(line) ? line : this.bad('is no event', text);
    if (line['head'] !== undefined) this.heads.push(text);
    else if (line['checkpoint'] !== undefined) this.takeCheckpoint(text, line['checkpoint']);
    else this.takeManifest(text, line['manifest']);
    return undefined;
  }

  private takeCheckpoint(text: string, checkpoint: unknown): void {
    const { note, verifierKey } = isObject(checkpoint) ? checkpoint : {};
    if (typeof note !== 'string' || typeof verifierKey !== 'string') this.bad('is no checkpoint', text);
    else {
      const own = { note, verifierKey };
      if (checkpointLine(own) !== text) this.bad('is not in the form of a checkpoint', text);
      this.checkpoints.push(own);
    }
  }

  private takeManifest(text: string, manifest: unknown): void {
    if (!isObject(manifest)) this.bad('is no manifest', text);
    else {
      this.manifest = manifest as unknown as Manifest;
      if (manifestLine(this.manifest).line !== text)
        this.problems.push('the manifest does not have the hash beside it');
    }
  }

  private recorded(text: string, line: EventLine, position: bigint): RecordedEvent {
    const { stream, revision, id, type, data, metadata } = line;
    const event = { stream, revision, id, type, position, data: written(data), metadata: written(metadata) };
    if (eventLine(event) !== text) this.bad('is not in the form of an event', text);
    if (mainAccountIdOf(event.stream) === undefined) this.bad('is an event of no main account', text);
    return event;
  }

  private bad(what: string, line: string): undefined {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(`a line ${what}: ${line.slice(0, 60)}`);
    return undefined;
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

type EventLine = Members & Pick<RecordedEvent, 'stream' | 'revision' | 'id' | 'type'>;

const isEvent = (line: Members): line is EventLine =>
  typeof line['stream'] === 'string' &&
  typeof line['revision'] === 'number' &&
  typeof line['id'] === 'string' &&
  typeof line['type'] === 'string';

const written = (value: unknown): string => JSON.stringify(value) ?? '';

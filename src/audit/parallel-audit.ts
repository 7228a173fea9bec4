import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Config } from '../config/config.js';
import { START, type EventReader, type Position } from '../event-store/event-store.js';
import type { SqliteEventReader } from '../event-store/sqlite/sqlite-event-reader.js';
import type { AuditedAccount } from './accounts-audit.js';
import { reportOf, type AuditOptions, type AuditReport, type ReadLog } from './audit.js';
import { Findings, type Finding } from './findings.js';
import { LogAudit } from './log-audit.js';
import { Stretch } from './stretch.js';

/** What a thread is started with. After that it is told again and again up to which position to go on. */
export interface PartOrder {
  readonly config: Config;
  /** Its streams: of so many parts, the index-th. */
  readonly part: { readonly index: number; readonly of: number };
  readonly clockTolerance: number;
  /** The last position to look at: all threads see the same log, also while it grows. */
  readonly until: Position;
}

/** What a thread has seen of a stretch of the log; the last one brings what it has found in all. */
export interface PartSeen {
  readonly events: number;
  readonly result?: PartResult;
}

/** What a thread has found. */
interface PartResult {
  readonly accounts: ReadonlyMap<string, AuditedAccount>;
  readonly findings: readonly Finding[];
  readonly unlistedFindings: number;
}

/** Positions that the threads go on by at a time: what lies between their places in the log is held in memory. */
const STRETCH = 20_000n;
/** Stretches that a thread is told of ahead, so that none has to wait for the slowest. */
const AHEAD = 2;

/** The log up to a position, from its beginning. */
export const logUntil = (reader: EventReader, until: Position): ReadLog =>
  async function* readLog() {
    for await (const page of reader.readAll(START)) {
      const seen = page.filter(({ position }) => position <= until);
      if (seen.length > 0) yield seen;
      if (seen.length < page.length) return;
    }
  };

/**
 * Audits the embedded store in several threads. Each reads the events of its part of the streams, and looks at them;
 * this one puts the tree together.
 * @param reader of that store
 * @param until the last position to look at
 * @throws whatever ends a thread
 */
export async function auditInParallel(
  config: Config,
  reader: SqliteEventReader,
  until: Position,
  threads: number,
  { checkpoints = [], clockTolerance = 0, onProgress }: AuditOptions,
): Promise<AuditReport> {
  const parts = Array.from(
    { length: threads },
    (_, index) => new PartThread({ config, part: { index, of: threads }, clockTolerance, until }),
  );
  try {
    const findings = new Findings();
    const log = new LogAudit(findings, checkpoints);
    const accounts = new Map<string, AuditedAccount>();
    const ahead: Stretch[] = [];
    const stretches = stretchesUntil(until, reader);
    const goOn = () => {
      const { value: stretch } = stretches.next();
      if (!stretch) return;
      ahead.push(stretch);
      for (const part of parts) part.goOn(stretch);
    };
    for (let n = 0; n < AHEAD; n++) goOn();
    for (let stretch; (stretch = ahead.shift());) {
      const seen = await Promise.all(parts.map((part) => part.seen()));
      goOn();
      log.append(stretch.hashesInOrder());
      for (const { events, result } of seen) {
        log.seen += events;
        if (!result) continue;
        for (const [stream, account] of result.accounts) {
          if (accounts.has(stream)) findings.add('revision', `${stream} is two streams of the log`);
          accounts.set(stream, account);
        }
        findings.adopt(result.findings, result.unlistedFindings);
      }
      onProgress?.(log.seen, stretch.end);
    }
    log.finish();
    return reportOf(log, accounts, findings);
  } finally {
    await Promise.all(parts.map((part) => part.end()));
  }
}

/**
 * The stretches of the log, of which there is one at least. Each begins where an event stands: somebody may have put one
 * far beyond the others.
 */
function* stretchesUntil(until: Position, reader: SqliteEventReader): Generator<Stretch, undefined> {
  for (let after = START; ;) {
    const end = after + STRETCH < until ? after + STRETCH : until;
    yield new Stretch(after, end);
    if (end === until) return;
    after = (reader.positionAfter(end) ?? until) - 1n;
  }
}

class PartThread {
  private readonly worker: Worker;
  private readonly answers: AsyncIterator<[PartSeen]>;
  private readonly ended: Promise<unknown>;

  constructor(order: PartOrder) {
    this.worker = new Worker(new URL('./audit-worker.js', import.meta.url), { workerData: order });
    this.ended = new Promise((resolve) => this.worker.once('exit', resolve));
    this.answers = on(this.worker, 'message', { close: ['exit'] }) as AsyncIterator<[PartSeen]>;
  }

  goOn({ after, end, bytes }: Stretch): void {
    this.worker.postMessage({ after, end, bytes });
  }

  async seen(): Promise<PartSeen> {
    const { value, done } = await this.answers.next();
    if (done) throw new Error('a thread of the audit ended before its time');
    return value[0];
  }

  /** Lets the stretches that it was given end. */
  async end(): Promise<void> {
    this.worker.postMessage('end');
    await this.ended;
  }
}

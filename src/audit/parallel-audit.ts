import { Worker } from 'node:worker_threads';
import type { Config } from '../config/config.js';
import { START, type EventReader, type Position } from '../event-store/event-store.js';
import type { AuditedAccount, Share } from './accounts-audit.js';
import { reportOf, type AuditOptions, type AuditReport, type ReadLog } from './audit.js';
import { Findings, type Finding } from './findings.js';
import { LogAudit } from './log-audit.js';

/** What a thread is started with. */
export interface ShareOrder {
  readonly config: Config;
  readonly share: Share;
  readonly clockTolerance: number;
  /** The last position to look at: all threads see the same log, also while it grows. */
  readonly until: Position;
}

/** What a thread has found. */
export interface ShareResult {
  readonly accounts: ReadonlyMap<string, AuditedAccount>;
  readonly findings: readonly Finding[];
  readonly unlistedFindings: number;
}

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
 * Audits a store in several threads. Each reads the whole log, which is cheap, and looks at its share of the
 * accounts, which is not; this one looks at the log as a whole.
 * @throws StoreUnavailable, and whatever ends a thread
 */
export async function auditInParallel(
  reader: EventReader,
  config: Config,
  threads: number,
  { checkpoints = [], clockTolerance = 0, onProgress }: AuditOptions,
): Promise<AuditReport> {
  const until = await reader.head();
  const workers = Array.from({ length: threads }, (_, index) => {
    const order: ShareOrder = { config, share: { index, of: threads }, clockTolerance, until };
    return new Worker(new URL('./audit-worker.js', import.meta.url), { workerData: order });
  });
  try {
    const results = Promise.all(workers.map(resultOf));
    // What ends a thread is thrown below; until then it must not count as unhandled.
    results.catch(() => undefined);
    const findings = new Findings();
    const log = new LogAudit(findings, checkpoints);
    for await (const page of logUntil(reader, until)()) {
      for (const event of page) log.check(event);
      onProgress?.(log.seen, log.position);
    }
    log.finish();
    const accounts = new Map<string, AuditedAccount>();
    for (const result of await results) {
      for (const [stream, account] of result.accounts) accounts.set(stream, account);
      findings.adopt(result.findings, result.unlistedFindings);
    }
    return reportOf(log, accounts, findings);
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

const resultOf = (worker: Worker): Promise<ShareResult> =>
  new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`a thread of the audit ended with ${code}`)));
  });

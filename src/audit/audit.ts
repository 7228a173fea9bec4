import type { Position, RecordedEvent } from '../event-store/event-store.js';
import { AccountsAudit, type AuditedAccount } from './accounts-audit.js';
import { Findings, type Finding } from './findings.js';
import { LogAudit } from './log-audit.js';
import type { TreeSize } from './merkle.js';
import type { Witness } from './read-models/witness.js';
import { nameRepeatedKeys } from './repeated-keys.js';

/** The log, or a part of it, from its beginning; read anew at each call. */
export type ReadLog = () => AsyncIterable<readonly RecordedEvent[]>;

export interface AuditOptions {
  /** How far `recordedAt` may go back from one event of a stream to the next, in milliseconds; 0 unless given. */
  readonly clockTolerance?: number;
  /** Tree heads that the log must still agree with. */
  readonly checkpoints?: readonly TreeSize[];
  /** What else is to be compared with the log. */
  readonly witnesses?: readonly Witness[];
  /** Told after each page how many events have been seen, and the position of the last. */
  readonly onProgress?: (events: number, position: Position) => void;
}

export interface AuditReport {
  /** Events of the ledger. */
  readonly events: number;
  /** Events of other streams, which hold no money. */
  readonly otherEvents: number;
  readonly accounts: ReadonlyMap<string, AuditedAccount>;
  readonly tree: TreeSize;
  readonly findings: readonly Finding[];
  readonly unlistedFindings: number;
}

/**
 * Replays the log and checks all that it must fulfil, with arithmetic and hashing of its own.
 * Memory grows with the number of accounts, not with that of events.
 */
export async function audit(
  readLog: ReadLog,
  options: AuditOptions = {},
  findings = new Findings(),
): Promise<AuditReport> {
  const { clockTolerance = 0, checkpoints = [], witnesses, onProgress } = options;
  const log = new LogAudit(findings, checkpoints);
  const accounts = new AccountsAudit(findings, clockTolerance, witnesses);
  try {
    for await (const page of readLog()) {
      for (const event of page) log.check(event, accounts.check(event));
      onProgress?.(log.seen, log.position);
    }
    await finishAccounts(accounts, readLog, findings);
    log.finish();
    return reportOf(log, accounts.accounts, findings);
  } finally {
    accounts.keys.close();
  }
}

export const reportOf = (
  { tree, seen }: LogAudit,
  accounts: ReadonlyMap<string, AuditedAccount>,
  findings: Findings,
): AuditReport => ({
  events: tree.size,
  otherEvents: seen - tree.size,
  accounts,
  tree,
  findings: findings.list,
  unlistedFindings: findings.unlisted,
});

/** Checks what shows only after the last event. @param readLog the events that the accounts were audited by */
export async function finishAccounts(
  accounts: AccountsAudit,
  readLog: ReadLog,
  findings: Findings,
): Promise<void> {
  const suspects = accounts.keys.suspects();
  if (suspects.size > 0) await nameRepeatedKeys(readLog, suspects, findings);
  accounts.finish();
}

import type { Position, RecordedEvent } from '../../event-store/event-store.js';
import type { AuditedAccount } from '../accounts-audit.js';
import type { ReadEvent } from '../event-form.js';

/** An event as the auditor has read and booked it. */
export interface WitnessedEvent {
  readonly recorded: RecordedEvent;
  readonly read: ReadEvent;
  /** The account right after it. */
  readonly account: AuditedAccount;
}

/** Compares something else with the log while that is audited. */
export interface Witness {
  /** Events after this position are not for it. */
  readonly until: Position;
  event(event: WitnessedEvent): void;
  /** All its events have gone by; the accounts are as they were right after the last of them. */
  end(accounts: ReadonlyMap<string, AuditedAccount>): void;
}

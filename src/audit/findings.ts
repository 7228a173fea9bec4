import type { RecordedEvent } from '../event-store/event-store.js';
import { ownText } from './own-text.js';

/** What the auditor looks at; docs/how-to/audit-an-account.md says what each one finds. */
export type Check =
  | 'order'
  | 'revision'
  | 'form'
  | 'hash'
  | 'link'
  | 'id'
  | 'key'
  | 'fingerprint'
  | 'time'
  | 'rule'
  | 'balance'
  | 'conservation'
  | 'checkpoint'
  | 'manifest'
  | 'read-model';

/** What tells which event it is. */
export type EventPlace = Pick<RecordedEvent, 'stream' | 'revision' | 'id'>;

/** Something that is not as it must be, at the first event where it shows. */
export interface Finding {
  readonly check: Check;
  /** In words, for a reader who does not know the code. */
  readonly message: string;
  /** The event, where there is one to blame. */
  readonly stream?: string;
  readonly revision?: number;
  readonly eventId?: string;
  /** Further events of the same stream that fail the same check. */
  more: number;
}

/** Findings kept in full; with more than that a ledger is beyond listing. */
const MAX_FINDINGS = 1_000;

/** Keeps the first bad event of each check and stream, and counts the rest. */
export class Findings {
  private readonly first = new Map<string, Finding>();
  /** Found beyond those that are listed. */
  unlisted = 0;

  get list(): readonly Finding[] {
    return [...this.first.values()];
  }

  add(check: Check, message: string, event?: EventPlace): void {
    const key = `${check} ${event?.stream ?? message}`;
    const known = this.first.get(key);
    if (known) known.more += 1;
    else this.keep(key, { check, message: ownText(message), ...(event && placeOf(event)), more: 0 });
  }

  /** Adds what was found elsewhere, behind all that has been found so far. */
  adopt(findings: readonly Finding[], unlisted: number): void {
    for (const finding of findings) {
      const key = `${finding.check} ${finding.stream ?? finding.message}`;
      const known = this.first.get(key);
      if (known) known.more += 1 + finding.more;
      else this.keep(key, finding);
    }
    this.unlisted += unlisted;
  }

  private keep(key: string, finding: Finding): void {
    if (this.first.size >= MAX_FINDINGS) this.unlisted += 1 + finding.more;
    else this.first.set(key, finding);
  }
}

const placeOf = ({ stream, revision, id }: EventPlace) => ({ stream, revision, eventId: ownText(id) });

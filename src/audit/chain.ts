import type { RecordedEvent } from '../event-store/event-store.js';
import type { EventPlace, Findings } from './findings.js';

/** Checks how the events of an account follow upon each other. */
export class ChainAudit {
  /** @param clockTolerance how far the time may go back from one event to the next, in milliseconds */
  constructor(
    private readonly findings: Findings,
    private readonly clockTolerance: number,
  ) {}

  /** @param last the revision ahead of it; -1 for the first one */
  revision(event: EventPlace, last: number): void {
    const expected = last + 1;
    if (event.revision > expected)
      this.findings.add(
        'revision',
        `revision ${expected} is missing: the stream goes on at ${event.revision}`,
        event,
      );
    else if (event.revision < expected)
      this.findings.add('revision', `revision ${event.revision} comes after revision ${last}`, event);
  }

  /** @param hash of the event ahead of it */
  link(event: EventPlace, previousHash: string, hash: string): void {
    if (previousHash !== hash)
      this.findings.add('link', `it links to ${previousHash}, not to the event ahead of it, ${hash}`, event);
  }

  /** @param last the time of the event ahead of it; empty where there is none */
  time(event: EventPlace, recordedAt: string, last: string): void {
    if (recordedAt < last && Date.parse(last) - Date.parse(recordedAt) > this.clockTolerance)
      this.findings.add(
        'time',
        `it was recorded at ${recordedAt}, before the event ahead of it, ${last}`,
        event,
      );
  }
}

/** Says of an event that it does not stand behind all others before it, or not within the log. */
export const addMisplaced = (findings: Findings, event: EventPlace & Pick<RecordedEvent, 'position'>): void =>
  findings.add(
    'order',
    `it stands at position ${event.position} of the log, where no event can be or another is`,
    event,
  );

export const addTombstone = (findings: Findings, event: EventPlace): void =>
  findings.add('revision', 'its stream was deleted: what it held is gone, or will be', event);

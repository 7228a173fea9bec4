import { isTombstone, type RecordedEvent } from '../event-store/event-store.js';
import {
  parseEvent,
  UnreadableEvent,
  type EventMetadata,
  type LedgerEvent,
} from '../ledger/domain/events.js';
import { mainAccountIdOf } from '../ledger/streams.js';

/** A recorded event of the ledger, read once for all projections. */
export interface LogEntry {
  readonly recorded: RecordedEvent;
  readonly mainAccountId: string;
  readonly event: LedgerEvent;
  readonly metadata: EventMetadata;
}

/**
 * Whether a log is known again by it: an event of the ledger, or the tombstone of one of its streams, which outlives what
 * a scavenge takes of the stream. Others may be gone the next time.
 */
export const isLandmark = ({ stream }: RecordedEvent): boolean => mainAccountIdOf(stream) !== undefined;

export const isOfLedger = (recorded: RecordedEvent): boolean =>
  isLandmark(recorded) && !isTombstone(recorded);

/** @param recorded an event of the ledger @throws UnreadableEvent */
export function readEntry(recorded: RecordedEvent): LogEntry {
  const mainAccountId = mainAccountIdOf(recorded.stream)!;
  const event = parseEvent(recorded.type, parseJson(recorded.data));
  const metadata = parseJson(recorded.metadata) as EventMetadata;
  for (const field of [
    'idempotencyKey',
    'fingerprint',
    'recordedAt',
    'actor',
    'previousHash',
    'hash',
  ] as const)
    if (typeof metadata?.[field] !== 'string') throw new UnreadableEvent(`the metadata lack ${field}`);
  return { recorded, mainAccountId, event, metadata };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UnreadableEvent('not JSON', { cause: error });
  }
}

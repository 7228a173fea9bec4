import type { NewEvent, RecordedEvent } from '../../../src/event-store/event-store.js';
import type { Amount } from '../../../src/ledger/domain/amount.js';
import type { LedgerEvent } from '../../../src/ledger/domain/events.js';
import { emptyHead, seal, sha256, type StreamHead } from '../../../src/ledger/seal.js';
import { mainAccountStream } from '../../../src/ledger/streams.js';

const START_TIME = Date.parse('2026-03-01T12:00:00.000Z');

/** Grows a log as the ledger would, event by event, a millisecond apart. */
export class LogBuilder {
  readonly events: RecordedEvent[] = [];
  private readonly heads = new Map<string, StreamHead>();

  add(mainAccountId: string, event: LedgerEvent, idempotencyKey = `key-${this.events.length}`): NewEvent {
    const stream = mainAccountStream(mainAccountId);
    const provenance = {
      idempotencyKey,
      fingerprint: sha256(idempotencyKey),
      actor: 'key:test',
      $correlationId: 'request-1',
      $causationId: 'request-1',
    };
    const previous = this.heads.get(stream) ?? emptyHead(stream);
    const now = new Date(START_TIME + this.events.length);
    const sealed = seal(mainAccountId, previous, event, provenance, now);
    this.heads.set(stream, sealed.head);
    this.events.push({
      ...sealed.event,
      stream,
      revision: sealed.head.revision,
      position: BigInt(this.events.length + 1),
    });
    return sealed.event;
  }
}

export const opened: LedgerEvent = { type: 'MainAccountOpened', data: { currency: 'EUR' } };
export const purchased = (amount: string): LedgerEvent => ({
  type: 'CreditPurchased',
  data: { amount: amount as Amount, reference: 'invoice 1' },
});
export const added = (sipAccountId: string): LedgerEvent => ({
  type: 'SipAccountAdded',
  data: { sipAccountId },
});
export const allocated = (sipAccountId: string, amount: string): LedgerEvent => ({
  type: 'CreditAllocated',
  data: { sipAccountId, amount: amount as Amount },
});
export const reclaimed = (sipAccountId: string, amount: string): LedgerEvent => ({
  type: 'CreditReclaimed',
  data: { sipAccountId, amount: amount as Amount },
});

/** Two customers whose events alternate: 8 events each, all types. */
export function goodLog(): RecordedEvent[] {
  const log = new LogBuilder();
  const history = [
    opened,
    purchased('100.0000'),
    added('sip-1'),
    added('sip-2'),
    allocated('sip-1', '12.2109'),
    allocated('sip-2', '0.0001'),
    reclaimed('sip-1', '12.2109'),
    allocated('sip-1', '99.9999'),
  ];
  for (const event of history) for (const account of ['alice', 'bob']) log.add(account, event);
  return log.events;
}

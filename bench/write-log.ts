import type { NewEvent } from '../src/event-store/event-store.js';
import { SqliteLog } from '../src/event-store/sqlite/sqlite-log.js';
import type { Amount } from '../src/ledger/domain/amount.js';
import type { LedgerEvent } from '../src/ledger/domain/events.js';
import { emptyHead, seal, sha256, type StreamHead } from '../src/ledger/seal.js';
import { mainAccountStream } from '../src/ledger/streams.js';

const BATCH = 4000;

/** What a log is filled with. */
export interface Lives {
  readonly mains: number;
  /** SIP accounts of each. */
  readonly sips: number;
  /** The main and the SIP account that the nth movement is of, by their numbers. */
  readonly moved: (nth: number) => readonly [main: number, sip: number];
  /** The idempotency key of the nth event. */
  readonly keyOf: (nth: number) => string;
}

/** Opens the accounts in turn, then moves credit to their SIP accounts. */
function* story({
  mains,
  sips,
  moved,
}: Lives): Generator<{ mainAccountId: string; event: LedgerEvent }, never> {
  for (let m = 0; m < mains; m++) {
    const mainAccountId = `customer-${m}`;
    yield { mainAccountId, event: { type: 'MainAccountOpened', data: { currency: 'EUR' } } };
    const data = { amount: '900000000.0000' as Amount, reference: `invoice ${m}` };
    yield { mainAccountId, event: { type: 'CreditPurchased', data } };
    for (let s = 0; s < sips; s++)
      yield { mainAccountId, event: { type: 'SipAccountAdded', data: { sipAccountId: `sip-${s}` } } };
  }
  for (let nth = 0; ; nth++) {
    const [main, sip] = moved(nth);
    const data = { sipAccountId: `sip-${sip}`, amount: '1.2500' as Amount };
    yield { mainAccountId: `customer-${main}`, event: { type: 'CreditAllocated', data } };
  }
}

/** Writes an embedded log of so many events, a millisecond apart, as the ledger would have. */
export function writeLog(file: string, events: number, lives: Lives): void {
  const log = SqliteLog.open(file);
  const heads = new Map<string, StreamHead>();
  const told = story(lives);
  const start = Date.now() - events;
  for (let at = 0; at < events;) {
    const requests: { stream: string; events: NewEvent[]; expectedRevision: number | 'no-stream' }[] = [];
    for (; requests.length < BATCH && at < events; at++) {
      const { mainAccountId, event } = told.next().value;
      const stream = mainAccountStream(mainAccountId);
      const idempotencyKey = lives.keyOf(at);
      const head = heads.get(stream) ?? emptyHead(stream);
      const provenance = {
        idempotencyKey,
        fingerprint: sha256(idempotencyKey),
        actor: 'key:bench',
        $correlationId: crypto.randomUUID(),
        $causationId: crypto.randomUUID(),
      };
      const sealed = seal(mainAccountId, head, event, provenance, new Date(start + at));
      heads.set(stream, sealed.head);
      const expectedRevision = head.revision < 0 ? 'no-stream' : head.revision;
      requests.push({ stream, events: [sealed.event], expectedRevision });
    }
    if (log.appendAll(requests).some((result) => typeof result !== 'number'))
      throw new Error('the log refused');
  }
  log.close();
}

import type { NewEvent } from '../src/event-store/event-store.js';
import { SqliteLog } from '../src/event-store/sqlite/sqlite-log.js';
import type { Amount } from '../src/ledger/domain/amount.js';
import type { LedgerEvent } from '../src/ledger/domain/events.js';
import { emptyHead, seal, sha256, type StreamHead } from '../src/ledger/seal.js';
import { mainAccountStream } from '../src/ledger/streams.js';

const BATCH = 4000;
const SIP_ACCOUNTS = 20;

/** Opens the accounts in turn, then moves credit to their SIP accounts, a millisecond apart. */
function* story(mains: number): Generator<{ mainAccountId: string; event: LedgerEvent }, never> {
  for (let m = 0; m < mains; m++) {
    const mainAccountId = `customer-${m}`;
    yield { mainAccountId, event: { type: 'MainAccountOpened', data: { currency: 'EUR' } } };
    const data = { amount: '900000000.0000' as Amount, reference: `invoice ${m}` };
    yield { mainAccountId, event: { type: 'CreditPurchased', data } };
    for (let s = 0; s < SIP_ACCOUNTS; s++)
      yield { mainAccountId, event: { type: 'SipAccountAdded', data: { sipAccountId: `sip-${s}` } } };
  }
  for (let i = 0; ; i++) {
    const data = { sipAccountId: `sip-${i % SIP_ACCOUNTS}`, amount: '1.2500' as Amount };
    yield { mainAccountId: `customer-${i % mains}`, event: { type: 'CreditAllocated', data } };
  }
}

/** Writes an embedded log of so many events over so many main accounts, as the ledger would have. */
export function writeLog(file: string, events: number, mains: number): void {
  const log = SqliteLog.open(file);
  const heads = new Map<string, StreamHead>();
  const lives = story(mains);
  const start = Date.now() - events;
  for (let at = 0; at < events;) {
    const requests: { stream: string; events: NewEvent[]; expectedRevision: number | 'no-stream' }[] = [];
    for (; requests.length < BATCH && at < events; at++) {
      const { mainAccountId, event } = lives.next().value;
      const stream = mainAccountStream(mainAccountId);
      const idempotencyKey = `bench-${at}`;
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
    if (log.appendAll(requests).some(({ kind }) => kind !== 'appended')) throw new Error('the log refused');
  }
  log.close();
}

import type { EventStore, NewEvent } from '../../src/event-store/event-store.js';
import type { EventMetadata, LedgerEvent } from '../../src/ledger/domain/events.js';
import { seal } from '../../src/ledger/seal.js';
import { mainAccountStream } from '../../src/ledger/streams.js';
import type { Ledger } from './ledger.js';

const metadataOf = ({ metadata }: NewEvent) => JSON.parse(metadata) as EventMetadata;

/**
 * Appends the purchase of an account, its second event, once more with the same key: nothing else is wrong with it,
 * and no writer would. @returns the event
 */
export async function purchaseTwice(
  store: EventStore,
  ledger: Ledger,
  mainAccountId: string,
): Promise<NewEvent> {
  const events = await ledger.events(mainAccountId);
  const [, purchase] = events;
  const { schema: _, previousHash: __, hash: ___, recordedAt, ...provenance } = metadataOf(purchase!);
  const booking = { type: 'CreditPurchased', data: JSON.parse(purchase!.data) } as LedgerEvent;
  const head = { revision: events.length - 1, hash: metadataOf(events.at(-1)!).hash, recordedAt };
  const again = { ...provenance, $causationId: 'again' };
  const { event } = seal(mainAccountId, head, booking, again, new Date());
  await store.append(mainAccountStream(mainAccountId), [event], head.revision);
  return event;
}

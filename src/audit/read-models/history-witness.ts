import type { Position } from '../../event-store/event-store.js';
import { amountOf } from '../balances.js';
import { sha256 } from '../event-hash.js';
import type { ReadModelTables } from './read-model-tables.js';
import { movedAmount, namedSip, sipAvailable } from './told-by-event.js';
import type { Witness, WitnessedEvent } from './witness.js';

/**
 * Compares every entry of the history, with the balances in it, with the log: receipts are made of them. So it does
 * the keys by which they are found.
 */
export class HistoryWitness implements Witness {
  private events = 0;

  constructor(
    private readonly tables: ReadModelTables,
    readonly until: Position,
  ) {}

  event(event: WitnessedEvent): void {
    this.events += 1;
    const { recorded, read, account } = event;
    const { metadata, movement } = read;
    const { balances } = account;
    this.tables.compare(
      'history',
      { position: recorded.position },
      {
        main_account_id: account.mainAccountId,
        revision: recorded.revision,
        event_id: recorded.id,
        type: recorded.type,
        recorded_at: metadata.recordedAt,
        sip_account_id: namedSip(read) ?? null,
        amount: movedAmount(read) ?? null,
        currency: 'currency' in movement ? movement.currency : null,
        reference: 'reference' in movement ? movement.reference : null,
        actor: metadata.actor,
        idempotency_key: metadata.idempotencyKey,
        fingerprint: metadata.fingerprint,
        hash: metadata.hash,
        available: amountOf(balances.main),
        sip_accounts_available: amountOf(balances.sips),
        sip_accounts_count: balances.sip.size,
        sip_available: sipAvailable(event) ?? null,
      },
      recorded,
    );
    this.tables.compare(
      'known_keys',
      { hash: keyHash(account.mainAccountId, metadata.idempotencyKey), position: recorded.position },
      {},
      recorded,
    );
  }

  end(): void {
    this.tables.count('history', this.events);
    this.tables.count('known_keys', this.events);
  }
}

/** By which the read models know a key: the digest of all but its last two characters, 36 bits of it, and those two. */
function keyHash(mainAccountId: string, key: string): bigint {
  const begin = BigInt(`0x${sha256(`${mainAccountId}/${key.slice(0, -2)}`).slice(0, 9)}`);
  return Array.from(key.slice(-2).padStart(2, '\0')).reduce(
    (bits, character) => bits * 128n + BigInt(character.charCodeAt(0) & 127),
    begin,
  );
}

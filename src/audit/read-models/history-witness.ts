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

/**
 * By which the read models know a key: 18 bits of what it begins with, its last two characters, and 21 bits of whose it
 * is. It begins with all but those two, or with the time where it is a UUID of version 7.
 */
function keyHash(mainAccountId: string, key: string): bigint {
  const rest = key.slice(0, -2);
  const begin = /^.{8}-.{5}7.{21}$/s.test(key) ? key.slice(0, 11) : rest;
  const lastTwo = Array.from(key.slice(-2).padStart(2, '\0'), (character) =>
    BigInt(character.charCodeAt(0) & 127),
  );
  const [own, near] = [firstBits(21, `${mainAccountId}/${rest}`), firstBits(18, begin)];
  return lastTwo.reduce((bits, character) => bits * 128n + character, near) * 2n ** 21n + own;
}

const firstBits = (bits: number, text: string): bigint => BigInt(`0x${sha256(text)}`) >> BigInt(256 - bits);

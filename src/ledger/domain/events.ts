import { isCanonicalAmount, type Amount } from './amount.js';

/** What happened, in the form in which it is stored. A type is never renamed and never changes meaning. */
export type LedgerEvent =
  MainAccountOpened | CreditPurchased | SipAccountAdded | CreditAllocated | CreditReclaimed;

export interface MainAccountOpened {
  readonly type: 'MainAccountOpened';
  /** ISO 4217 */
  readonly data: { readonly currency: string };
}

export interface CreditPurchased {
  readonly type: 'CreditPurchased';
  readonly data: { readonly amount: Amount; readonly reference: string };
}

export interface SipAccountAdded {
  readonly type: 'SipAccountAdded';
  readonly data: { readonly sipAccountId: string };
}

/** Credit went from the main account to a SIP account. */
export interface CreditAllocated {
  readonly type: 'CreditAllocated';
  readonly data: { readonly sipAccountId: string; readonly amount: Amount };
}

/** All the credit of a SIP account went back to the main account. */
export interface CreditReclaimed {
  readonly type: 'CreditReclaimed';
  readonly data: { readonly sipAccountId: string; readonly amount: Amount };
}

/** All types. The compiler asks for one that is missing. */
export const EVENT_TYPES = Object.keys({
  MainAccountOpened: true,
  CreditPurchased: true,
  SipAccountAdded: true,
  CreditAllocated: true,
  CreditReclaimed: true,
} satisfies Record<LedgerEvent['type'], true>) as readonly LedgerEvent['type'][];

/** The SIP account that an event names, if its type names one. */
export const sipAccountIdOf = ({ data }: LedgerEvent): string | undefined =>
  'sipAccountId' in data ? data.sipAccountId : undefined;

/** What stands beside every event. */
export interface EventMetadata {
  readonly idempotencyKey: string;
  /** SHA-256, hex, of the parsed command's canonical JSON. */
  readonly fingerprint: string;
  /** UTC with milliseconds; never before the event ahead of it in the stream. */
  readonly recordedAt: string;
  readonly actor: string;
  readonly $correlationId: string;
  readonly $causationId: string;
  readonly schema: 1;
  /** Hash of the event before it in the stream; for the first, SHA-256 of the stream's name. */
  readonly previousHash: string;
  readonly hash: string;
}

/** An event that cannot be what it says: of an unknown type, or without the fields of its type. */
export class UnreadableEvent extends Error {
  override readonly name = 'UnreadableEvent';
}

/**
 * Reads an event's type and data as they come from the store.
 * @throws UnreadableEvent
 */
export function parseEvent(type: string, data: unknown): LedgerEvent {
  if (!hasFieldsOf(type, data ?? {}))
    throw new UnreadableEvent(`cannot read ${type} ${JSON.stringify(data)}`);
  return { type, data } as LedgerEvent;
}

function hasFieldsOf(type: string, { currency, reference, sipAccountId, amount }: Fields): boolean {
  switch (type as LedgerEvent['type']) {
    case 'MainAccountOpened':
      return typeof currency === 'string';
    case 'CreditPurchased':
      return typeof reference === 'string' && isCanonicalAmount(amount);
    case 'SipAccountAdded':
      return typeof sipAccountId === 'string';
    case 'CreditAllocated':
    case 'CreditReclaimed':
      return typeof sipAccountId === 'string' && isCanonicalAmount(amount);
    default:
      return false;
  }
}

/** What the data of all types may hold, each of them some. */
interface Fields {
  readonly currency?: unknown;
  readonly reference?: unknown;
  readonly sipAccountId?: unknown;
  readonly amount?: unknown;
}

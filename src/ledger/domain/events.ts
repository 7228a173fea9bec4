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
  const fields = (data ?? {}) as Record<string, unknown>;
  const has = (...names: string[]) => names.every((name) => typeof fields[name] === 'string');
  const readable = ((): boolean => {
    switch (type as LedgerEvent['type']) {
      case 'MainAccountOpened':
        return has('currency');
      case 'CreditPurchased':
        return has('reference') && isCanonicalAmount(fields['amount']);
      case 'SipAccountAdded':
        return has('sipAccountId');
      case 'CreditAllocated':
      case 'CreditReclaimed':
        return has('sipAccountId') && isCanonicalAmount(fields['amount']);
      default:
        return false;
    }
  })();
  if (!readable) throw new UnreadableEvent(`cannot read ${type} ${JSON.stringify(data)}`);
  return { type, data } as LedgerEvent;
}

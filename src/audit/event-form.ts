import type { RecordedEvent } from '../event-store/event-store.js';
import type { EventMetadata } from '../ledger/domain/events.js';
import { unitsOf, type Movement } from './balances.js';

/** An event whose form is good, read. */
export interface ReadEvent {
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>> & EventMetadata;
  readonly movement: Movement;
}

const ACCOUNT_ID = /^[A-Za-z0-9._~-]{1,64}$/;
const CURRENCY = /^[A-Z]{3}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const TIME =
  /^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z$/;

export const isAccountId = (id: string): boolean => ACCOUNT_ID.test(id);
export const isHash = (value: unknown): value is string => typeof value === 'string' && SHA256.test(value);
export const isKey = (key: string): boolean => /^[!-~]{1,255}$/.test(key);
export const isTime = (time: string): boolean => TIME.test(time);

/** Reads an event. @returns what is wrong with its form, in words, if it cannot be read */
export function readEvent(event: RecordedEvent): ReadEvent | string {
  const data = jsonObject(event.data);
  if (typeof data === 'string') return `its data ${data}`;
  const metadata = jsonObject(event.metadata);
  if (typeof metadata === 'string') return `its metadata ${metadata}`;
  for (const name of ['idempotencyKey', 'recordedAt', 'actor', '$correlationId', '$causationId'])
    if (typeof metadata[name] !== 'string') return `its metadata has no text ${name}`;
  for (const name of ['hash', 'previousHash'])
    if (!isHash(metadata[name])) return `its ${name} is not a SHA-256 in hexadecimal`;
  if (metadata['schema'] !== 1) return `its schema is ${JSON.stringify(metadata['schema'])}, not 1`;
  const movement = movementOf(event.type, data);
  if (typeof movement === 'string') return movement;
  return { data, metadata: metadata as ReadEvent['metadata'], movement };
}

/** An object in the form in which it is stored: no white space and no member twice, which readers take differently. */
function jsonObject(text: string): Record<string, unknown> | string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'is no JSON object';
    if (!isShortest(value, text) && JSON.stringify(value) !== text)
      return 'is JSON, but not as the ledger writes it';
    return value as Record<string, unknown>;
  } catch {
    return 'is no JSON';
  }
}

/**
 * Whether a text without escapes is as long as the shortest one of the object that it was read to, so that there
 * is nothing else in it. Says so at a fraction of the cost of writing the text again; false when it cannot tell.
 */
function isShortest(members: object, text: string): boolean {
  if (text.includes('\\')) return false;
  let length = 1;
  for (const [name, member] of Object.entries(members)) {
    // Names that are numbers would have changed their place.
    if (name < ':' && !name.startsWith('$')) return false;
    if (typeof member === 'string') length += name.length + member.length + 6;
    else if (member === 1) length += name.length + 5;
    else return false;
  }
  return length === text.length;
}

function movementOf(type: string, data: Readonly<Record<string, unknown>>): Movement | string {
  const { currency, sipAccountId, amount } = data;
  switch (type) {
    case 'MainAccountOpened':
      return typeof currency === 'string' && CURRENCY.test(currency)
        ? { type, currency }
        : `its currency is ${JSON.stringify(currency)}`;
    case 'CreditPurchased': {
      const units = unitsOf(amount);
      if (typeof data['reference'] !== 'string') return 'it has no reference';
      return units ? { type, units } : `its amount is ${JSON.stringify(amount)}`;
    }
    case 'SipAccountAdded':
    case 'CreditAllocated':
    case 'CreditReclaimed': {
      if (typeof sipAccountId !== 'string' || !isAccountId(sipAccountId))
        return `its SIP account is ${JSON.stringify(sipAccountId)}`;
      if (type === 'SipAccountAdded') return { type, sipAccountId };
      const units = unitsOf(amount);
      return units ? { type, sipAccountId, units } : `its amount is ${JSON.stringify(amount)}`;
    }
    default:
      return `its type ${JSON.stringify(type)} is not known`;
  }
}

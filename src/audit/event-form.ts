import type { RecordedEvent } from '../event-store/event-store.js';
import { unitsOf, type Movement } from './balances.js';
import type { CanonicalTexts } from './event-hash.js';
import { canonical, jsonObject } from './json-form.js';
import { readMetadata, type AuditedMetadata, type Flaw } from './metadata-form.js';

/** An event whose form is good, read. */
export interface ReadEvent {
  readonly metadata: AuditedMetadata;
  readonly movement: Movement;
  readonly texts: CanonicalTexts;
  /** What is wrong with its form, but not so wrong that it cannot be read. */
  readonly flaws: readonly Flaw[];
}

const ACCOUNT_ID = /^[A-Za-z0-9._~-]{1,64}$/;
const CURRENCY = /^[A-Z]{3}$/;

/** Data as the ledger writes it, in canonical form, with texts that need no escape. */
const USUAL =
  /^\{(?:"amount":"([0-9.]+)",)?(?:"sipAccountId":"([\w.~-]+)"|"reference":"([ !#-[\]-~]*)"|"currency":"([A-Z]+)")\}$/;

export const isAccountId = (id: string): boolean => ACCOUNT_ID.test(id);

/** Reads an event. @returns what is wrong with its form, in words, if it cannot be read */
export function readEvent(event: RecordedEvent): ReadEvent | string {
  const data = readData(event.data);
  if (typeof data === 'string') return `its data ${data}`;
  const meta = readMetadata(event.metadata);
  if (typeof meta === 'string') return `its metadata ${meta}`;
  const movement = movementOf(event.type, data.fields);
  if (typeof movement === 'string') return movement;
  const { metadata, unhashed, flaws } = meta;
  return { metadata, movement, texts: { data: data.canonical, unhashed }, flaws };
}

/** What the data of all types may hold, each of them some. */
interface Fields {
  readonly amount?: unknown;
  readonly sipAccountId?: unknown;
  readonly reference?: unknown;
  readonly currency?: unknown;
}

function readData(text: string): { readonly fields: Fields; readonly canonical: string } | string {
  const usual = USUAL.exec(text);
  if (usual)
    return {
      fields: { amount: usual[1], sipAccountId: usual[2], reference: usual[3], currency: usual[4] },
      canonical: text,
    };
  const members = jsonObject(text);
  return typeof members === 'string' ? members : { fields: members, canonical: canonical(members) };
}

function movementOf(type: string, { currency, sipAccountId, amount, reference }: Fields): Movement | string {
  switch (type) {
    case 'MainAccountOpened':
      return typeof currency === 'string' && CURRENCY.test(currency)
        ? { type, currency }
        : `its currency is ${JSON.stringify(currency)}`;
    case 'CreditPurchased': {
      const units = unitsOf(amount);
      if (typeof reference !== 'string') return 'it has no reference';
      return units ? { type, units, reference } : `its amount is ${JSON.stringify(amount)}`;
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

import { amountOf } from '../balances.js';
import type { ReadEvent } from '../event-form.js';
import type { WitnessedEvent } from './witness.js';

export const namedSip = ({ movement }: ReadEvent): string | undefined =>
  'sipAccountId' in movement ? movement.sipAccountId : undefined;

export const movedAmount = ({ movement }: ReadEvent): string | undefined =>
  'units' in movement ? amountOf(movement.units) : undefined;

/** What the SIP account that the event names has after it; undefined when it names none. */
export function sipAvailable({ read, account }: WitnessedEvent): string | undefined {
  const sipAccountId = namedSip(read);
  return sipAccountId === undefined
    ? undefined
    : amountOf(account.balances.sip.get(sipAccountId)?.available ?? 0n);
}

import { describe, expect, it } from '@jest/globals';
import { parseEvent, UnreadableEvent } from '../../src/ledger/domain/events.js';
import { allocated, opened, purchased, reclaimed, sipAdded } from '../support/given.js';

const EVENTS = [
  opened(),
  purchased('1.5'),
  sipAdded('desk'),
  allocated('desk', '1.5'),
  reclaimed('desk', '1.5'),
];

describe('an event of the store', () => {
  it.each(EVENTS)('is read as it was written: $type', (event) =>
    expect(parseEvent(event.type, event.data)).toEqual(event),
  );

  const lacking = EVENTS.flatMap(({ type, data }) =>
    Object.keys(data).map((name) => [type, { ...data, [name]: undefined }] as const),
  );
  const written = EVENTS.filter(({ data }) => 'amount' in data).flatMap(({ type, data }) =>
    ['1.5', '-1.5000', '0.0000', 1.5].map((amount) => [type, { ...data, amount }] as const),
  );
  it.each([...lacking, ...written, ['CreditLent', {}] as const, ['MainAccountOpened', null] as const])(
    'of type %s is not read as %j',
    (type, data) => expect(() => parseEvent(type, data)).toThrow(UnreadableEvent),
  );
});

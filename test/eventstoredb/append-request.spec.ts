import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { describe, expect, it } from '@jest/globals';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import {
  array,
  assert,
  bigInt,
  constant,
  maxSafeNat,
  oneof,
  property,
  record,
  string,
  uuid,
} from 'fast-check';
import { appendRequest, numbered } from '../../src/event-store/eventstoredb/append-request.js';
import { StoreUnavailable } from '../../src/event-store/errors.js';
import type { NewEvent, StreamRevision } from '../../src/event-store/event-store.js';
import { newEvent } from '../contract/event-store.contract.js';

const { BatchAppendReq } = streams;

const text = string({ unit: 'binary' });
const EVENTS = array(record({ id: uuid(), type: text, data: text, metadata: text }), { minLength: 1 });
const EXPECTED = oneof(constant('no-stream' as const), maxSafeNat());
const NUMBER = record({
  most: bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  number: maxSafeNat(),
});

/** The same by way of the client's messages. */
function messageOf(
  stream: string,
  events: readonly NewEvent[],
  expected: StreamRevision,
  most: string,
  number: number,
): streams.BatchAppendReq {
  const id = new shared.UUID.Structured()
    .setMostSignificantBits(most)
    .setLeastSignificantBits(String(number));
  const name = new shared.StreamIdentifier().setStreamName(Buffer.from(stream));
  const options = new BatchAppendReq.Options().setStreamIdentifier(name);
  if (expected === 'no-stream') options.setNoStream(new empty.Empty());
  else options.setStreamPosition(String(expected));
  const proposed = events.map((event) => {
    const message = new BatchAppendReq.ProposedMessage()
      .setId(new shared.UUID().setString(event.id))
      .setData(Buffer.from(event.data))
      .setCustomMetadata(Buffer.from(event.metadata));
    message.getMetadataMap().set('type', event.type).set('content-type', 'application/json');
    return message;
  });
  return new BatchAppendReq()
    .setCorrelationId(new shared.UUID().setStructured(id))
    .setOptions(options)
    .setProposedMessagesList(proposed)
    .setIsFinal(true);
}

describe('a request to append', () => {
  it('says what the client would', () => {
    assert(
      property(text, EVENTS, EXPECTED, NUMBER, (stream, events, expected, { most, number }) => {
        const request = numbered(appendRequest(stream, events, expected), most, number);
        const message = messageOf(stream, events, expected, most, number);
        const read = (bytes: Uint8Array): object => BatchAppendReq.deserializeBinary(bytes).toObject();
        expect(read(request)).toEqual(read(message.serializeBinary()));
      }),
    );
  });

  it('is the same at every try but for its number', () => {
    const request = appendRequest('mainAccount-acme', [newEvent()], 3);
    const [one, other] = [numbered(request, '7', 1), numbered(request, '7', 2)];
    expect(one).not.toEqual(other);
    expect(one.subarray(-request.length)).toEqual(other.subarray(-request.length));
  });

  it.each([
    ['an id that is no UUID', { id: 'e1' }],
    ['an id in capitals', { id: '00000000-0000-8000-8000-00000000000A' }],
    ['half of a character in its data', { data: '"\ud800"' }],
    ['half of a character in its metadata', { metadata: '"\udc00"' }],
  ])('is not made of an event with %s', (_, wrong) => {
    const event = { ...newEvent(), id: '00000000-0000-8000-8000-00000000000a', ...wrong };
    expect(() => appendRequest('mainAccount-acme', [event], 'no-stream')).toThrow(StoreUnavailable);
  });
});

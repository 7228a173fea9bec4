import streams from '@eventstore/db-client/generated/streams_pb.js';
import protobuf, { type Reader } from 'protobufjs/minimal.js';
import type { Span } from '../packed-events.js';
import { ofNumber, Property, StreamIdentifier, UUID, withLength } from './fields.js';
import { NOWHERE, SentEvent } from './sent-event.js';

/** What an answer to the protocol's `Read` says: an event, or something else in the client's words. */
export type Answer = SentEvent | streams.ReadResp;

// streams.proto and shared.proto of EventStoreDB 24.6.
const ReadResp = { event: withLength(1) };
/** Its other events are links, which are not followed. */
const ReadEvent = { event: withLength(1) };
const Recorded = {
  id: withLength(1),
  stream: withLength(2),
  revision: ofNumber(3),
  prepare: ofNumber(4),
  commit: ofNumber(5),
  properties: withLength(6),
  metadata: withLength(7),
  data: withLength(8),
};

/**
 * One with an event is read straight from its bytes: by way of the client's messages, or of what their library reads
 * them with, it takes many times as long.
 */
export function readAnswer(bytes: Buffer): Answer {
  const message = new protobuf.Reader(bytes);
  if (bytes.length === 0 || message.uint32() !== ReadResp.event)
    return streams.ReadResp.deserializeBinary(bytes);
  const event = new SentEvent(bytes);
  const end = endOf(message);
  while (message.pos < end) {
    const field = message.uint32();
    if (field === ReadEvent.event) readRecorded(event, message, endOf(message));
    else skip(message, field);
  }
  return event;
}

function readRecorded(event: SentEvent, message: Reader, end: number): void {
  while (message.pos < end) {
    const field = message.uint32();
    switch (field) {
      case Recorded.id:
        event.idAt = within(message, UUID.string);
        break;
      case Recorded.stream:
        event.streamAt = within(message, StreamIdentifier.name);
        break;
      case Recorded.revision:
        event.revision = Number(readUint64(message));
        break;
      case Recorded.prepare:
        event.prepare = readUint64(message);
        break;
      case Recorded.commit:
        event.commit = readUint64(message);
        break;
      case Recorded.properties:
        readProperty(event, message, endOf(message));
        break;
      case Recorded.metadata:
        event.metadataAt = span(message);
        break;
      case Recorded.data:
        event.dataAt = span(message);
        break;
      default:
        skip(message, field);
    }
  }
}

/** What the server says of an event: of some of it only the type is asked for. */
function readProperty(event: SentEvent, message: Reader, end: number): void {
  let [name, value] = [NOWHERE, NOWHERE];
  while (message.pos < end) {
    const field = message.uint32();
    if (field === Property.name) name = span(message);
    else if (field === Property.value) value = span(message);
    else skip(message, field);
  }
  // Most have names of another length.
  if (name[1] - name[0] === TYPE.length && TYPE.compare(message.buf, ...name) === 0) event.typeAt = value;
}

const TYPE = Buffer.from('type');

/** Where the one text is that is wanted of the message that follows. */
function within(message: Reader, wanted: number): Span {
  const end = endOf(message);
  let found = NOWHERE;
  while (message.pos < end) {
    const field = message.uint32();
    if (field === wanted) found = span(message);
    else skip(message, field);
  }
  return found;
}

/** Passes over what follows, and says where it is. */
function span(message: Reader): Span {
  const end = endOf(message);
  const from = message.pos;
  message.skip(end - from);
  return [from, end];
}

/** Where what follows ends. */
const endOf = (message: Reader): number => message.uint32() + message.pos;

const skip = (message: Reader, field: number): unknown => message.skipType(field & 7);

function readUint64(message: Reader): bigint {
  const { high, low } = message.uint64();
  return high === 0 ? BigInt(low >>> 0) : (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

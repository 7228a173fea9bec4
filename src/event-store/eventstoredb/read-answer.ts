import streams from '@eventstore/db-client/generated/streams_pb.js';
import protobuf, { type BinaryReader } from 'google-protobuf';
import type { StoredEvent } from './stored-event.js';

/** An answer that holds an event. The client's streams ask it for no more. */
class EventAnswer {
  constructor(private readonly event: StoredEvent) {}

  hasEvent(): true {
    return true;
  }

  getEvent(): StoredEvent {
    return this.event;
  }
}

/** The event of an answer that was read here. */
export const eventOf = (read: streams.ReadResp.ReadEvent): StoredEvent => read as unknown as StoredEvent;

/**
 * Reads an answer of the protocol's `Read`. One with an event is read straight from its bytes, all of it at once: by way
 * of the client's messages it takes more than twice as long, and one that is kept takes several times the memory.
 * The numbers of the fields: streams.proto and shared.proto of EventStoreDB 24.6.
 */
export function readAnswer(bytes: Uint8Array): streams.ReadResp {
  const message = new protobuf.BinaryReader(bytes);
  if (!message.nextField() || message.getFieldNumber() !== ReadResp.event)
    return streams.ReadResp.deserializeBinary(bytes);
  const event = new Draft();
  message.readMessage(event, readEvent);
  return new EventAnswer(event.stored()) as unknown as streams.ReadResp;
}

const ReadResp = { event: 1 };
/** Its other events are links, which are not followed. */
const ReadEvent = { event: 1 };
const Recorded = {
  id: 1,
  stream: 2,
  revision: 3,
  prepare: 4,
  commit: 5,
  properties: 6,
  metadata: 7,
  data: 8,
};
const UUID = { string: 2 };
const StreamIdentifier = { name: 3 };
const Property = { name: 1, value: 2 };

/** What has been read of an event. Of a link to one that is gone nothing may be left. */
class Draft {
  id = '';
  type = '';
  data = '';
  metadata = '';
  stream = '';
  revision = 0;
  commit = '0';
  prepare = '0';

  /** Member by member: to spread them takes as long as to read them. */
  stored(): StoredEvent {
    const { id, type, data, metadata, stream, revision, commit, prepare } = this;
    const place = { commit, prepare };
    return { id, type, data, metadata, stream, revision, position: BigInt(commit), place };
  }
}

function readEvent(event: Draft, message: BinaryReader): void {
  while (message.nextField())
    if (message.getFieldNumber() === ReadEvent.event) message.readMessage(event, readRecorded);
    else message.skipField();
}

function readRecorded(event: Draft, message: BinaryReader): void {
  while (message.nextField())
    switch (message.getFieldNumber()) {
      case Recorded.id:
        event.id = textWithin(message, UUID.string);
        break;
      case Recorded.stream:
        event.stream = textWithin(message, StreamIdentifier.name);
        break;
      case Recorded.revision:
        event.revision = message.readUint64();
        break;
      case Recorded.prepare:
        event.prepare = message.readUint64String();
        break;
      case Recorded.commit:
        event.commit = message.readUint64String();
        break;
      case Recorded.properties:
        message.readMessage(event, readProperty);
        break;
      case Recorded.metadata:
        event.metadata = utf8(message.readBytes());
        break;
      case Recorded.data:
        event.data = utf8(message.readBytes());
        break;
      default:
        message.skipField();
    }
}

/** What the server says of an event: of some of it only the type is asked for. */
function readProperty(event: Draft, message: BinaryReader): void {
  let [name, value] = [NONE, NONE];
  while (message.nextField())
    if (message.getFieldNumber() === Property.name) name = message.readBytes();
    else if (message.getFieldNumber() === Property.value) value = message.readBytes();
    else message.skipField();
  if (TYPE.equals(name)) event.type = utf8(value);
}

const NONE: Uint8Array = new Uint8Array();
const TYPE = Buffer.from('type');

/** The one text that is wanted of the message in the field at hand. */
function textWithin(message: BinaryReader, wanted: number): string {
  let text = '';
  message.readMessage(undefined, () => {
    while (message.nextField())
      if (message.getFieldNumber() === wanted) text = utf8(message.readBytes());
      else message.skipField();
  });
  return text;
}

/** By the runtime, in a fraction of the time that the reader takes for a text. */
const utf8 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();

import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { describe, expect, it } from '@jest/globals';
import { assert, bigInt, constantFrom, property, record, sample, string, uuid } from 'fast-check';
import { readAnswer } from '../../src/event-store/eventstoredb/read-answer.js';
import { SentEvent } from '../../src/event-store/eventstoredb/sent-event.js';
import { EventPacker, unpackEvents } from '../../src/event-store/packed-events.js';

const { ReadResp } = streams;
const { ReadEvent } = ReadResp;

interface Written {
  readonly id: string;
  readonly stream: string;
  readonly revision: bigint;
  readonly commit: bigint;
  readonly prepare: bigint;
  readonly type: string;
  readonly created: string;
  readonly data: string;
  readonly metadata: string;
}

/** An event as the server sends it. */
function messageOf(written: Written): streams.ReadResp.ReadEvent.RecordedEvent {
  const message = new ReadEvent.RecordedEvent()
    .setId(new shared.UUID().setString(written.id))
    .setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from(written.stream)))
    .setStreamRevision(String(written.revision))
    .setCommitPosition(String(written.commit))
    .setPreparePosition(String(written.prepare))
    .setData(Buffer.from(written.data))
    .setCustomMetadata(Buffer.from(written.metadata));
  const properties = message.getMetadataMap();
  properties.set('created', written.created);
  properties.set('type', written.type);
  properties.set('content-type', 'application/json');
  return message;
}

const answerOf = (event?: streams.ReadResp.ReadEvent.RecordedEvent, link = event): Uint8Array =>
  new ReadResp()
    .setEvent(new ReadEvent().setEvent(event).setLink(link).setCommitPosition('7'))
    .serializeBinary();

const sent = (bytes: Uint8Array): SentEvent => {
  const answer = readAnswer(Buffer.from(bytes));
  if (!(answer instanceof SentEvent)) throw new Error('it holds no event');
  expect(answer.hasEvent()).toBe(true);
  expect(answer.getEvent()).toBe(answer);
  return answer;
};
const stored = (bytes: Uint8Array) => sent(bytes).stored();

const place = bigInt({ min: 0n, max: 2n ** 63n - 1n });
const text = string({ unit: 'binary' });
const EVENT = record({
  id: uuid(),
  stream: text,
  revision: place,
  commit: place,
  prepare: place,
  type: constantFrom('', 'CreditAllocated', 'type', 'ä€😀'),
  created: text,
  data: text,
  metadata: text,
});

describe('an answer to a read', () => {
  it('says of an event what the client reads of it', () => {
    assert(
      property(EVENT, (written) => {
        const { id, stream, revision, commit, prepare, type, data, metadata } = written;
        expect(stored(answerOf(messageOf(written)))).toEqual({
          id,
          stream,
          revision: Number(revision),
          position: commit,
          place: { commit, prepare },
          type,
          data,
          metadata,
        });
      }),
    );
  });

  it('is packed for another thread as it is read here', () => {
    assert(
      property(EVENT, (written) => {
        const event = sent(answerOf(messageOf({ ...written, prepare: written.commit })));
        const packer = new EventPacker();
        packer.add(event.packable());
        const { place: _, ...recorded } = event.stored();
        expect([...unpackEvents(packer.packed())]).toEqual([[recorded]]);
      }),
    );
  });

  it('is not packed when it was committed elsewhere than where it was prepared', () => {
    const [written] = sample(EVENT, 1) as [Written];
    const event = sent(answerOf(messageOf({ ...written, commit: 8n, prepare: 7n })));
    expect(() => event.packable()).toThrow(`event ${written.id} was committed at 8, but prepared at 7`);
  });

  it('may hold fields that are not known yet', () => {
    const later = Buffer.from([0x9a, 0x06, 3, 1, 2, 3, 0x98, 0x06, 0x96, 0x01]);
    const event = Buffer.concat([
      new ReadEvent.RecordedEvent().setStreamRevision('5').serializeBinary(),
      later,
    ]);
    const read = Buffer.concat([Buffer.from([0x0a, event.length]), event, later]);
    expect(stored(Buffer.concat([Buffer.from([0x0a, read.length]), read, later])).revision).toBe(5);
  });

  it('may hold nothing of an event but a link to it', () => {
    const link = new ReadEvent.RecordedEvent().setStreamRevision('5');
    expect(stored(answerOf(undefined, link))).toEqual({
      id: '',
      stream: '',
      revision: 0,
      position: 0n,
      place: { commit: 0n, prepare: 0n },
      type: '',
      data: '',
      metadata: '',
    });
  });

  it.each([
    ['nothing', new ReadResp()],
    ['a stream that is not there', new ReadResp().setStreamNotFound(new ReadResp.StreamNotFound())],
    ['a checkpoint', new ReadResp().setCheckpoint(new ReadResp.Checkpoint().setCommitPosition('9'))],
    ['that it has caught up', new ReadResp().setCaughtUp(new ReadResp.CaughtUp())],
  ])("is the client's own message when it says %s", (_, message) => {
    const answer = readAnswer(Buffer.from(message.serializeBinary()));
    if (answer instanceof SentEvent) throw new Error('it holds an event');
    expect(answer.hasEvent()).toBe(false);
    expect(answer.toObject()).toEqual(message.toObject());
  });
});

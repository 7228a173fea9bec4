import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import grpcStatus from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import type { AppendOutcome, ExpectedRevision, ProposedEvent, SimulatedEvent } from './simulated-log.js';

const { AppendResp, BatchAppendResp, DeleteResp, ReadResp, TombstoneResp } = streams;
const TICKS_PER_MILLISECOND = 10_000;

/** The parts of the protocol's messages that the simulator speaks. */
export function readEvent(event: SimulatedEvent): streams.ReadResp {
  const recorded = new ReadResp.ReadEvent.RecordedEvent();
  recorded.setId(new shared.UUID().setString(event.id));
  recorded.setStreamIdentifier(identifier(event.stream));
  recorded.setStreamRevision(String(event.revision));
  recorded.setCommitPosition(String(event.position));
  recorded.setPreparePosition(String(event.prepared ?? event.position));
  recorded.setData(event.data);
  recorded.setCustomMetadata(event.metadata);
  recorded
    .getMetadataMap()
    .set('type', event.type)
    .set('content-type', event.contentType)
    .set('created', String(event.created * TICKS_PER_MILLISECOND));
  const read = new ReadResp.ReadEvent().setEvent(recorded).setCommitPosition(String(event.position));
  return new ReadResp().setEvent(read);
}

export const streamNotFound = (stream: string): streams.ReadResp =>
  new ReadResp().setStreamNotFound(new ReadResp.StreamNotFound().setStreamIdentifier(identifier(stream)));

/** The answer to who reads, or writes in a call of its own, a stream that was deleted for good. */
export const streamDeleted = (stream: string): Partial<ServiceError> =>
  serverError(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });

export const confirmation = (): streams.ReadResp =>
  new ReadResp().setConfirmation(new ReadResp.SubscriptionConfirmation().setSubscriptionId('simulated'));

export const caughtUp = (): streams.ReadResp => new ReadResp().setCaughtUp(new ReadResp.CaughtUp());

export const checkpoint = (position: bigint): streams.ReadResp =>
  new ReadResp().setCheckpoint(placed(new ReadResp.Checkpoint(), position));

/** A place in the log, of which the protocol has several kinds. */
interface Place {
  setCommitPosition(value: string): this;
  setPreparePosition(value: string): this;
}

function placed<P extends Place>(place: P, position: bigint): P {
  return place.setCommitPosition(String(position)).setPreparePosition(String(position));
}

export function appendAnswer(outcome: AppendOutcome): streams.AppendResp {
  if (outcome.kind === 'written') {
    const success = new AppendResp.Success().setCurrentRevision(String(outcome.revision));
    if (outcome.position === undefined) success.setNoPosition(new shared.Empty());
    else success.setPosition(placed(new AppendResp.Position(), outcome.position));
    return new AppendResp().setSuccess(success);
  }
  const wrong = new AppendResp.WrongExpectedVersion();
  if (outcome.current === 'no_stream') wrong.setCurrentNoStream(new shared.Empty());
  else wrong.setCurrentRevision(String(outcome.current));
  return new AppendResp().setWrongExpectedVersion(wrong);
}

/** The answer to one append of those that share a call. */
export function batchAnswer(
  request: streams.BatchAppendReq,
  outcome: AppendOutcome,
): streams.BatchAppendResp {
  if (outcome.kind === 'written') {
    const success = new BatchAppendResp.Success().setCurrentRevision(String(outcome.revision));
    if (outcome.position === undefined) success.setNoPosition(new empty.Empty());
    else success.setPosition(placed(new shared.AllStreamPosition(), outcome.position));
    return answerTo(request).setSuccess(success);
  }
  const wrong = new shared.WrongExpectedVersion();
  if (outcome.current === 'no_stream') wrong.setCurrentNoStream(new empty.Empty());
  else wrong.setCurrentStreamRevision(String(outcome.current));
  return failure(request, 'WrongExpectedVersion', wrong.serializeBinary());
}

/** The same as the answer to one append of those that share a call. */
export const batchDeleted = (request: streams.BatchAppendReq, stream: string): streams.BatchAppendResp =>
  failure(
    request,
    'StreamDeleted',
    new shared.StreamDeleted().setStreamIdentifier(identifier(stream)).serializeBinary(),
  );

/** The error that one append of those that share a call is answered with. */
export const batchTrouble = (request: streams.BatchAppendReq, message: string): streams.BatchAppendResp =>
  failure(request, message, new Uint8Array());

function failure(
  request: streams.BatchAppendReq,
  message: string,
  details: Uint8Array,
): streams.BatchAppendResp {
  const packed = new any.Any();
  packed.pack(details, message.includes(' ') ? 'google.protobuf.Empty' : `event_store.client.${message}`);
  return answerTo(request).setError(new grpcStatus.Status().setMessage(message).setDetails(packed));
}

const answerTo = (request: streams.BatchAppendReq): streams.BatchAppendResp =>
  new BatchAppendResp()
    .setCorrelationId(request.getCorrelationId())
    .setStreamIdentifier(request.getOptions()?.getStreamIdentifier());

export const deletionAnswer = (position: bigint): streams.DeleteResp =>
  new DeleteResp().setPosition(placed(new DeleteResp.Position(), position));

export const tombstoneAnswer = (position: bigint): streams.TombstoneResp =>
  new TombstoneResp().setPosition(placed(new TombstoneResp.Position(), position));

/** The answer to who deletes a stream that never was. */
export const nothingToDelete = (stream: string): Partial<ServiceError> =>
  serverError(
    status.FAILED_PRECONDITION,
    `Delete failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: -2, Actual version: -1`,
    {
      exception: 'wrong-expected-version',
      'stream-name': stream,
      'expected-version': '-2',
      'actual-version': '-1',
    },
  );

export interface AppendOptions {
  readonly stream: string;
  readonly expected: ExpectedRevision;
}

/** Each kind of request says in the same words which revision it expects, but for the revision itself. */
interface Expecting {
  hasNoStream(): boolean;
  hasAny(): boolean;
  hasStreamExists(): boolean;
  getStreamIdentifier(): shared.StreamIdentifier | undefined;
}

function optionsOf(options: Expecting | undefined, revision: string | undefined): AppendOptions {
  const expected = (): ExpectedRevision => {
    if (options?.hasNoStream()) return 'no_stream';
    if (options?.hasAny()) return 'any';
    if (options?.hasStreamExists()) return 'stream_exists';
    return BigInt(revision ?? 0);
  };
  return { stream: nameOf(options?.getStreamIdentifier()), expected: expected() };
}

type Options = streams.AppendReq.Options | streams.DeleteReq.Options | streams.TombstoneReq.Options;

export const appendOptions = (options: Options | undefined): AppendOptions =>
  optionsOf(options, options?.getRevision());

export const batchOptions = (options: streams.BatchAppendReq.Options | undefined): AppendOptions =>
  optionsOf(options, options?.getStreamPosition());

export function proposedEvent(
  message: streams.AppendReq.ProposedMessage | streams.BatchAppendReq.ProposedMessage,
): ProposedEvent {
  const fields = message.getMetadataMap();
  return {
    id: message.getId()?.getString() ?? '',
    type: fields.get('type') ?? '',
    contentType: fields.get('content-type') ?? '',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

const identifier = (stream: string): shared.StreamIdentifier =>
  new shared.StreamIdentifier().setStreamName(Buffer.from(stream));

export const nameOf = (name: shared.StreamIdentifier | undefined): string =>
  Buffer.from(name?.getStreamName_asU8() ?? []).toString();

/** An error as the server sends it; `exception` names the ones that the client has a type for. */
export function serverError(
  code: status,
  details: string,
  exception: Readonly<Record<string, string>> = {},
): Partial<ServiceError> {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(exception)) metadata.set(name, value);
  return { code, details, metadata };
}

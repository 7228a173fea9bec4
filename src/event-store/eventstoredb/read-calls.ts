import { Subscription } from '@eventstore/db-client/dist/streams/utils/Subscription.js';
import type { BaseOptions, EventStoreDBClient } from '@eventstore/db-client';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { START, type Position } from '../event-store.js';
import { callOf } from './call.js';
import { readAnswer } from './read-answer.js';
import type { SentEvent } from './sent-event.js';
import type { Place, StoredEvent } from './stored-event.js';

/**
 * Reads and subscriptions, as the client has them but for the events: the client parses their texts, and what was
 * written could only be guessed from that (docs/adr/0022).
 */

const { ReadReq } = streams;
const { path, requestSerialize } = streamsService.StreamsService.read;
type Options = streams.ReadReq.Options;

/** A read on its way. */
export type ReadCall = Awaited<ReturnType<ReturnType<typeof openCall>>>;

/** Where to begin: an end, or a place, which is included unless it is one of the log and read backwards. */
export type From<At> = At | 'start' | 'end';

/** How much is read, and which way. */
export interface Extent {
  readonly direction: 'forwards' | 'backwards';
  readonly maxCount: number;
}

/** Where a reader of the log begins, the event at the position included. */
export const placeAt = (position: Position): From<Place> =>
  position === START ? 'start' : { commit: position, prepare: position };

export function readStream(
  client: EventStoreDBClient,
  options: BaseOptions,
  stream: string,
  from: From<number>,
  extent: Extent,
): Promise<ReadCall> {
  const name = new shared.StreamIdentifier().setStreamName(Buffer.from(stream));
  const of = new ReadReq.Options.StreamOptions().setStreamIdentifier(name);
  begin(of, from, (revision) => of.setRevision(String(revision)));
  return read(client, options, new ReadReq.Options().setStream(of), extent);
}

export function readLog(
  client: EventStoreDBClient,
  options: BaseOptions,
  from: From<Place>,
  extent: Extent,
): Promise<ReadCall> {
  return read(client, options, new ReadReq.Options().setAll(logFrom(from)), extent);
}

/**
 * Follows the log after a place, live.
 * @param prefixes of the streams that are delivered; with none all are, but for the system's events
 * @param bufferSize events that are taken from the server before they are read
 * @param heard told each time the server says how far it has come while it had nothing to deliver
 */
export function subscribe(
  client: EventStoreDBClient,
  options: BaseOptions,
  from: From<Place>,
  prefixes: readonly string[],
  bufferSize: number,
  heard: () => void,
): Subscription<StoredEvent> {
  const wanted = new ReadReq.Options()
    .setAll(logFrom(from))
    .setSubscription(new ReadReq.Options.SubscriptionOptions())
    .setFilter(filterOf(prefixes));
  return new Subscription(
    // A stream of answers as the client knows them, but for those with an event, of which it asks no more than is there.
    openCall(client, options, wanted) as unknown as ConstructorParameters<typeof Subscription>[0],
    (event) => (event as unknown as SentEvent).stored(),
    { highWaterMark: bufferSize },
    async () => heard(),
  );
}

function read(
  client: EventStoreDBClient,
  options: BaseOptions,
  wanted: Options,
  { direction, maxCount }: Extent,
): Promise<ReadCall> {
  const { FORWARDS, BACKWARDS } = ReadReq.Options.ReadDirection;
  wanted
    .setReadDirection(direction === 'forwards' ? FORWARDS : BACKWARDS)
    .setCount(String(maxCount))
    .setNoFilter(new shared.Empty());
  return openCall(client, options, wanted)();
}

function openCall(client: EventStoreDBClient, options: BaseOptions, wanted: Options) {
  const ids = new ReadReq.Options.UUIDOption().setString(new shared.Empty());
  const request = new ReadReq().setOptions(wanted.setUuidOption(ids));
  return callOf(client, options, (service, ...how) =>
    service.makeServerStreamRequest(path, requestSerialize, readAnswer, request, ...how),
  );
}

function logFrom(from: From<Place>): streams.ReadReq.Options.AllOptions {
  const all = new ReadReq.Options.AllOptions();
  return begin(all, from, ({ commit, prepare }) =>
    all.setPosition(
      new ReadReq.Options.Position().setCommitPosition(String(commit)).setPreparePosition(String(prepare)),
    ),
  );
}

/** What both kinds of reads say in the same words. */
interface Beginning {
  setStart(value: shared.Empty): this;
  setEnd(value: shared.Empty): this;
}

function begin<Of extends Beginning, At>(of: Of, from: From<At>, at: (from: At) => Of): Of {
  if (from === 'start') return of.setStart(new shared.Empty());
  if (from === 'end') return of.setEnd(new shared.Empty());
  return at(from);
}

function filterOf(prefixes: readonly string[]): streams.ReadReq.Options.FilterOptions {
  const { FilterOptions } = ReadReq.Options;
  const expression = new FilterOptions.Expression();
  const filter = new FilterOptions().setCount(new shared.Empty()).setCheckpointintervalmultiplier(1);
  return prefixes.length > 0
    ? filter.setStreamIdentifier(expression.setPrefixList([...prefixes]))
    : filter.setEventType(expression.setRegex('^[^$].*'));
}

import type { BaseOptions, EventStoreDBClient } from '@eventstore/db-client';
import streamsService, { type StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';

/** What a call is opened with. */
export type HowToCall = Required<Parameters<StreamsClient['batchAppend']>>;

/** The client's hooks that open a call, protected. */
interface Hooks {
  GRPCStreamCreator: <Call>(
    service: typeof StreamsClient,
    name: string,
    open: (service: StreamsClient) => Call,
  ) => () => Promise<Call>;
  callArguments: (options: BaseOptions, call: { readonly deadline: number }) => HowToCall;
}

/**
 * How to open a call of the protocol by the client's channel and with its credentials, for what the client's own calls
 * do to it (docs/adr/0016, docs/adr/0022). It has no deadline: that would be a time of day.
 */
export function callOf<Call>(
  client: EventStoreDBClient,
  options: BaseOptions,
  open: (service: StreamsClient, ...how: HowToCall) => Call,
): () => Promise<Call> {
  const hooks = client as unknown as Hooks;
  return hooks.GRPCStreamCreator(streamsService.StreamsClient, 'call', (service) =>
    open(service, ...hooks.callArguments(options, { deadline: Infinity })),
  );
}

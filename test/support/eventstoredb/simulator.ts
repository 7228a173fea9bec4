import {
  Server,
  ServerCredentials,
  status,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from '@grpc/grpc-js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import gossipService from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import featuresService from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { answerAppend, answerBatch } from './appends.js';
import { FaultyNetwork } from './faulty-network.js';
import { answerRead } from './reads.js';
import { SimulatedLog } from './simulated-log.js';
import {
  deletionAnswer,
  nameOf,
  nothingToDelete,
  serverError,
  streamDeleted,
  tombstoneAnswer,
} from './wire.js';

/** What happens to one append. */
export type AppendFault = (typeof APPEND_FAULTS)[number];

export const APPEND_FAULTS = [
  'reply lost',
  'write lost',
  'unavailable',
  'too busy',
  'not leader',
  'timeout, written',
  'timeout, not written',
  'silence, written',
  'silence, not written',
  'cut, written',
  'written late',
  'call ended, written',
  'call silent, not written',
] as const;

/** What happens to one read or subscription: it breaks after so many messages. */
export interface ReadFault {
  readonly after: number;
  readonly how: 'error' | 'end' | 'silence' | 'cut';
}

/** The client does not batch its own appends unless the server says that it may. */
const BATCH_APPEND = new features.SupportedMethod()
  .setServiceName('event_store.client.streams.streams')
  .setMethodName('batchappend');

/**
 * A test double of an EventStoreDB server: it speaks the protocol to the real client, answers appends by the
 * real server's rules, and fails on demand. It keeps its log in memory and is no database.
 */
export class Simulator {
  /** Asked for every append. */
  appendFault: () => AppendFault | undefined = () => undefined;
  /** Asked for every deletion. */
  deletionFault: () => AppendFault | undefined = () => undefined;
  /** Asked for every read and subscription. */
  readFault: () => ReadFault | undefined = () => undefined;
  /** How late an append is written that is written late, in milliseconds. */
  lateMs = 150;
  /** How long a subscription takes to look at a window of events, in milliseconds. */
  windowMs = 0;
  /** The members of the cluster, this one among them; the first is the leader. */
  cluster: readonly Simulator[] = [this];
  /** Cut off from its peers, but not from its clients: no leader, and so of no use (ClusterVNodeController). */
  isolated = false;
  /** Appends that reached the server, sent again ones too. */
  appends = 0;
  /** Streams and reads that clients have open. */
  openReads = 0;

  private constructor(
    readonly log: SimulatedLog,
    private readonly server: Server,
    readonly network: FaultyNetwork,
    /** Past the network, for measurements. */
    readonly directPort: number,
  ) {}

  static async start(log = new SimulatedLog()): Promise<Simulator> {
    const server = new Server();
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    const simulator = new Simulator(log, server, new FaultyNetwork(port), port);
    simulator.serve();
    await simulator.network.up();
    return simulator;
  }

  get url(): string {
    return `esdb://127.0.0.1:${this.network.address}?tls=false`;
  }

  /** All members, found by asking any. */
  get clusterUrl(): string {
    const members = this.cluster.map(({ network }) => `127.0.0.1:${network.address}`).join(',');
    return `esdb://${members}?tls=false&discoveryInterval=20&maxDiscoverAttempts=3`;
  }

  get isLeader(): boolean {
    return this.cluster[0] === this;
  }

  /** Ends the process of the server, as a kill does, and starts it again with the data that it had. */
  async restart(downMs = 50): Promise<void> {
    await this.network.down();
    this.log.beginEpoch();
    await new Promise((resolve) => setTimeout(resolve, downMs));
    await this.network.up();
  }

  async stop(): Promise<void> {
    await this.network.down();
    this.server.forceShutdown();
  }

  private serve(): void {
    this.server.addService(streamsService.StreamsService, {
      append: (
        call: ServerReadableStream<streams.AppendReq, streams.AppendResp>,
        reply: sendUnaryData<streams.AppendResp>,
      ) => answerAppend(this, call, reply),
      batchAppend: (call: ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>) =>
        answerBatch(this, call),
      read: (call: ServerWritableStream<streams.ReadReq, streams.ReadResp>) => void answerRead(this, call),
      delete: (
        call: ServerUnaryCall<streams.DeleteReq, streams.DeleteResp>,
        reply: sendUnaryData<streams.DeleteResp>,
      ) => this.delete(call, reply),
      tombstone: (
        call: ServerUnaryCall<streams.TombstoneReq, streams.TombstoneResp>,
        reply: sendUnaryData<streams.TombstoneResp>,
      ) => this.tombstone(call, reply),
    });
    this.server.addService(featuresService.ServerFeaturesService, {
      getSupportedMethods: (_: unknown, reply: sendUnaryData<features.SupportedMethods>) =>
        reply(
          null,
          new features.SupportedMethods()
            .setEventStoreServerVersion('24.6.0-simulated')
            .setMethodsList([BATCH_APPEND]),
        ),
    });
    this.server.addService(gossipService.GossipService, {
      read: (_: unknown, reply: sendUnaryData<gossip.ClusterInfo>) => reply(null, this.members()),
    });
  }

  private members(): gossip.ClusterInfo {
    const { FOLLOWER, LEADER, UNKNOWN } = gossip.MemberInfo.VNodeState;
    return new gossip.ClusterInfo().setMembersList(
      this.cluster.map(({ network, isLeader, isolated }) =>
        new gossip.MemberInfo()
          .setTimeStamp('0')
          .setIsAlive(true)
          .setState(isolated ? UNKNOWN : isLeader ? LEADER : FOLLOWER)
          .setHttpEndPoint(new gossip.EndPoint().setAddress('127.0.0.1').setPort(network.address)),
      ),
    );
  }

  /** The error for a call that only the leader answers, if this node is not it. */
  refusal(call: {
    readonly metadata: { get(name: string): unknown[] };
  }): ReturnType<typeof serverError> | undefined {
    if (this.isolated) return serverError(status.UNAVAILABLE, 'Server Is Not Ready');
    return this.isLeader || call.metadata.get('requires-leader').length === 0 ? undefined : this.notLeader();
  }

  private notLeader(): ReturnType<typeof serverError> {
    const [leader] = this.cluster;
    return serverError(status.NOT_FOUND, 'Leader info available', {
      exception: 'not-leader',
      'leader-endpoint-host': '127.0.0.1',
      'leader-endpoint-port': String((leader ?? this).network.address),
    });
  }

  private delete(
    call: ServerUnaryCall<streams.DeleteReq, streams.DeleteResp>,
    reply: sendUnaryData<streams.DeleteResp>,
  ): void {
    const refusal = this.refusal(call);
    if (refusal) return reply(refusal);
    const name = nameOf(call.request.getOptions()?.getStreamIdentifier());
    if (this.log.isTombstoned(name)) return reply(streamDeleted(name));
    if (this.log.neverWas(name)) return reply(nothingToDelete(name));
    const deletion = (): streams.DeleteResp => deletionAnswer(this.log.delete(name));
    this.answer(this.deletionFault(), deletion, reply);
  }

  private tombstone(
    { request }: ServerUnaryCall<streams.TombstoneReq, streams.TombstoneResp>,
    reply: sendUnaryData<streams.TombstoneResp>,
  ): void {
    const name = nameOf(request.getOptions()?.getStreamIdentifier());
    if (this.log.isTombstoned(name)) reply(streamDeleted(name));
    else reply(null, tombstoneAnswer(this.log.tombstone(name)));
  }

  /** Does what was asked, or what a fault makes of it. */
  answer<R>(fault: AppendFault | undefined, write: () => R, reply: sendUnaryData<R>): void {
    switch (fault) {
      case undefined:
        return reply(null, write());
      case 'reply lost':
        write();
        return reply(serverError(status.UNAVAILABLE, 'Connection dropped'));
      case 'write lost':
        return reply(serverError(status.UNAVAILABLE, 'Connection dropped'));
      case 'unavailable':
        return reply(serverError(status.UNAVAILABLE, 'Server Is Not Ready'));
      case 'too busy':
        return reply(serverError(status.UNAVAILABLE, 'Server Is Too Busy'));
      case 'not leader':
        return reply(this.notLeader());
      case 'timeout, written':
        write();
        return reply(serverError(status.ABORTED, 'Commit timeout'));
      case 'timeout, not written':
        return reply(serverError(status.ABORTED, 'Prepare timeout'));
      case 'silence, written':
        write();
        return;
      case 'silence, not written':
      case 'call silent, not written':
        return;
      case 'cut, written':
        write();
        return this.network.cut();
      case 'written late':
        setTimeout(write, this.lateMs);
        return reply(serverError(status.UNKNOWN, 'RST_STREAM'));
      case 'call ended, written':
        write();
        return reply(null);
      default:
        fault satisfies never;
    }
  }
}

import { randomBytes } from 'node:crypto';
import { AccessDeniedError } from '@eventstore/db-client';
import { convertToCommandError } from '@eventstore/db-client/dist/utils/CommandError.js';
import streamsService, { type StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import { numbered } from './append-request.js';
import type { HowToCall } from './call.js';
import { CallBroken, neverConnected } from './failures.js';

/** What is appended, and where; the same at every try. */
export interface Proposal {
  readonly stream: string;
  readonly request: Uint8Array;
}

export type Answer = streams.BatchAppendResp;

type AppendDuplex = ReturnType<typeof openAppends>;

const asItIs = (request: Buffer): Buffer => request;

/** Opens the protocol's `BatchAppend`. Its requests are written here (append-request.ts). */
export function openAppends(service: StreamsClient, ...how: HowToCall) {
  const { path, responseDeserialize } = streamsService.StreamsService.batchAppend;
  return service.makeBidiStreamRequest(path, asItIs, responseDeserialize, ...how);
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A call that stays open and carries many appends at once, so that what a call costs is paid once (docs/adr/0016).
 * Who waits for which answer is kept here, a table for each call: one that breaks concerns nobody else.
 */
export class AppendCall {
  private readonly waiting = new Map<string, Waiting>();
  /** Half of the numbers' names: other processes count too, and the server sees them all. */
  private readonly name = randomBytes(8).readBigInt64BE().toString();
  private sent = 0;
  private heard = false;
  private ended = false;

  constructor(private readonly duplex: AppendDuplex) {
    duplex.on('data', (answer) => this.hear(answer));
    // Some are reported after the end too, and without a listener that would end the process.
    duplex.on('error', (error) => this.end(convertToCommandError(error)));
    duplex.on('end', () => this.end(new CallBroken('the server ended the call')));
  }

  /** True when nothing can be sent any more. */
  get over(): boolean {
    return this.ended;
  }

  /** @returns what the server answers, be it an error; rejected with the client's errors and CallBroken */
  send({ request }: Proposal): Promise<Answer> {
    if (this.ended) return Promise.reject(new CallBroken('the call has ended'));
    const number = ++this.sent;
    return new Promise((resolve, reject) => {
      this.waiting.set(String(number), { resolve, reject });
      // Not asked whether the buffer is full: the appends on their way are bounded, and with them the buffer.
      this.duplex.write(numbered(request, this.name, number));
    });
  }

  /** Hears out what is on its way for so long, in milliseconds, then lets go. */
  retire(ms: number): void {
    setTimeout(() => this.duplex.cancel(), ms).unref();
  }

  private hear(answer: Answer): void {
    this.heard = true;
    const number = answer.getCorrelationId()?.getStructured()?.getLeastSignificantBits() ?? '';
    this.waiting.get(number)?.resolve(answer);
    this.waiting.delete(number);
  }

  private end(error: Error): void {
    this.ended = true;
    const ofAll = neverConnected(error) || (error instanceof AccessDeniedError && !this.heard);
    // What the server says of one append as it ends the call, it does not say of the others.
    const told = this.waiting.size > 1 && !ofAll ? new CallBroken(error.message, { cause: error }) : error;
    for (const { reject } of this.waiting.values()) reject(told);
    this.waiting.clear();
  }
}

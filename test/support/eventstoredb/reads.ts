import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { status, type ServerWritableStream } from '@grpc/grpc-js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { SimulatedEvent, SimulatedLog } from './simulated-log.js';
import type { ReadFault, Simulator } from './simulator.js';
import {
  caughtUp,
  checkpoint,
  confirmation,
  nameOf,
  readEvent,
  serverError,
  streamDeleted,
  streamNotFound,
} from './wire.js';

type Call = ServerWritableStream<streams.ReadReq, streams.ReadResp>;
type Options = streams.ReadReq.Options;

/** A filtered subscription reports how far it has looked each time it has looked at so many events. */
const CHECKPOINT_WINDOW = 32;

/** Thrown inside a read that a fault ends, or whose client went away. */
class Ended extends Error {}

/** Answers a read of a stream, a read of the log, or a subscription to the log. */
export async function answerRead(simulator: Simulator, call: Call): Promise<void> {
  const options = call.request.getOptions() ?? new streams.ReadReq.Options();
  const refusal = simulator.refusal(call);
  if (refusal) return fail(call, refusal);
  simulator.openReads += 1;
  call.on('error', () => {});
  const answer = new Answer(call, simulator.readFault(), options.hasSubscription(), () =>
    simulator.network.cut(),
  );
  try {
    if (options.hasSubscription()) await subscribe(simulator, options, answer);
    else if (options.hasStream()) await readStream(simulator.log, options, answer);
    else await readAll(simulator.log, options, answer);
    call.end();
  } catch (error) {
    if (!(error instanceof Ended)) fail(call, error as object);
  } finally {
    simulator.openReads -= 1;
  }
}

const fail = (call: Call, error: object): void => void call.emit('error', error);

/** The way back to the client: as slow as the client reads, and broken where the fault says. */
class Answer {
  private sent = 0;
  readonly gone: Promise<unknown>;

  constructor(
    private readonly call: Call,
    private readonly fault: ReadFault | undefined,
    private readonly live: boolean,
    private readonly cut: () => void,
  ) {
    this.gone = new Promise((resolve) => call.once('cancelled', resolve).once('close', resolve));
  }

  get isGone(): boolean {
    return this.call.cancelled;
  }

  async send(message: streams.ReadResp): Promise<void> {
    if (this.isGone) throw new Ended();
    if (this.fault && this.sent++ >= this.fault.after) await this.break(this.fault.how);
    if (!this.call.write(message)) await Promise.race([once(this.call, 'drain'), this.gone]);
  }

  private async break(how: ReadFault['how']): Promise<never> {
    // Only a subscription may be ended by a server that has not sent everything; a read that breaks says so.
    if (how === 'error' || (how === 'end' && !this.live))
      throw serverError(status.UNAVAILABLE, 'Connection dropped');
    if (how === 'cut') this.cut();
    if (how === 'end') this.call.end();
    if (how === 'silence') await this.gone;
    throw new Ended();
  }
}

async function readStream(log: SimulatedLog, options: Options, answer: Answer): Promise<void> {
  const from = options.getStream();
  const name = nameOf(from?.getStreamIdentifier());
  if (log.isTombstoned(name)) throw streamDeleted(name);
  if (log.isMissing(name)) return answer.send(streamNotFound(name));
  const events = log.readable(name);
  const start = from?.hasRevision() ? BigInt(from.getRevision()) : 0n;
  const asked = isBackwards(options)
    ? events.toReversed().filter(({ revision }) => !from?.hasRevision() || revision <= start)
    : events.filter(({ revision }) => revision >= start);
  for (const event of asked.slice(0, countOf(options))) await answer.send(readEvent(event));
}

async function readAll(log: SimulatedLog, options: Options, answer: Answer): Promise<void> {
  const all = options.getAll();
  const position = all?.hasPosition() ? BigInt(all.getPosition()?.getCommitPosition() ?? 0) : undefined;
  if (position !== undefined && !log.isBoundary(position, log.events[indexAt(log, position)]))
    throw serverError(status.UNKNOWN, 'Unexpected ReadAllResult: InvalidPosition');
  const events = isBackwards(options)
    ? log.events.filter((event) => position === undefined || event.position < position).toReversed()
    : log.events.slice(position === undefined ? 0 : indexAt(log, position));
  for (const event of events.slice(0, countOf(options))) await answer.send(readEvent(event));
}

async function subscribe({ log, windowMs }: Simulator, options: Options, answer: Answer): Promise<void> {
  const all = options.getAll();
  const after = all?.hasPosition() ? BigInt(all.getPosition()?.getCommitPosition() ?? 0) : undefined;
  if (after !== undefined && !log.isBoundary(after, log.events[indexAt(log, after)]))
    throw serverError(status.INVALID_ARGUMENT, 'Trying to read from an invalid position.');
  const passes = filterOf(options);
  await answer.send(confirmation());
  let next = after === undefined ? 0 : indexAt(log, after + 1n);
  let live = false;
  for (let looked = 0; ;) {
    const event = log.events[next];
    if (event) {
      next += 1;
      if (passes(event)) await answer.send(readEvent(event));
      if (++looked % CHECKPOINT_WINDOW !== 0) continue;
      if (windowMs > 0) await delay(windowMs);
      await answer.send(checkpoint(event.position));
      continue;
    }
    if (!live) await answer.send(caughtUp());
    live = true;
    if (answer.isGone) throw new Ended();
    await Promise.race([once(log.changes, 'appended'), answer.gone]);
    if (answer.isGone) throw new Ended();
  }
}

function filterOf(options: Options): (event: SimulatedEvent) => boolean {
  const filter = options.getFilter();
  const streamName = filter?.getStreamIdentifier();
  const expression = streamName ?? filter?.getEventType();
  if (!expression) return () => true;
  const prefixes = expression.getPrefixList();
  const regex = new RegExp(expression.getRegex());
  return (event) => {
    const subject = streamName ? event.stream : event.type;
    return prefixes.length > 0 ? prefixes.some((prefix) => subject.startsWith(prefix)) : regex.test(subject);
  };
}

/** Index of the first event at or after a position. */
function indexAt({ events }: SimulatedLog, position: bigint): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events[middle]?.position ?? position) < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

const isBackwards = (options: Options): boolean =>
  options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;

const countOf = (options: Options): number => Math.min(Number(options.getCount()), Number.MAX_SAFE_INTEGER);

import {
  status,
  type ServerDuplexStream,
  type ServerReadableStream,
  type sendUnaryData,
} from '@grpc/grpc-js';
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import type { AppendOutcome } from './simulated-log.js';
import type { Simulator } from './simulator.js';
import {
  appendAnswer,
  appendOptions,
  batchAnswer,
  batchDeleted,
  batchOptions,
  batchTrouble,
  proposedEvent,
  streamDeleted,
} from './wire.js';

/** Answers an append that is a call of its own, as the client's own appends with credentials are. */
export function answerAppend(
  simulator: Simulator,
  call: ServerReadableStream<streams.AppendReq, streams.AppendResp>,
  reply: sendUnaryData<streams.AppendResp>,
): void {
  const requests: streams.AppendReq[] = [];
  const append = (): void => {
    simulator.appends += 1;
    const refusal = simulator.refusal(call);
    if (refusal) return reply(refusal);
    const { stream, expected } = appendOptions(requests[0]?.getOptions());
    if (simulator.log.isTombstoned(stream)) return reply(streamDeleted(stream));
    const events = requests.flatMap((request) => {
      const message = request.getProposedMessage();
      return message ? [proposedEvent(message)] : [];
    });
    const write = () => appendAnswer(simulator.log.append(stream, events, expected));
    simulator.answer(simulator.appendFault(), write, reply);
  };
  call.on('data', (request: streams.AppendReq) => requests.push(request));
  call.on('error', () => {});
  // A call that is cut off ends too, and is reported as cancelled only after that: it must not be half written.
  call.on('end', () =>
    setImmediate(() => {
      if (!call.cancelled) append();
    }),
  );
}

/**
 * Answers the appends of a call that carries many. What a real server answers to one of them leaves the call as it
 * is; all other trouble ends it, and with it the appends that wait for their answers.
 */
export function answerBatch(
  simulator: Simulator,
  call: ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>,
): void {
  let over = false;
  const end = (error: object): void => {
    if (!over) call.emit('error', error);
    over = true;
  };
  call.on('data', (request: streams.BatchAppendReq) => {
    if (over) return;
    simulator.appends += 1;
    // A node without a leader answers each append so, and leaves the call as it is.
    const refusal = simulator.isolated ? undefined : simulator.refusal(call);
    if (refusal) return end(refusal);
    const { stream, expected } = batchOptions(request.getOptions());
    if (simulator.log.isTombstoned(stream)) return void call.write(batchDeleted(request, stream));
    const events = request.getProposedMessagesList().map(proposedEvent);
    const write = () => simulator.log.append(stream, events, expected);
    const reply: sendUnaryData<AppendOutcome> = (error, outcome) => {
      if (over) return;
      if (outcome) call.write(batchAnswer(request, outcome));
      else if (error?.code === status.ABORTED) call.write(batchTrouble(request, 'Timeout'));
      else if (error?.details?.startsWith('Server Is')) call.write(batchTrouble(request, error.details));
      else if (error) end(error);
      else {
        over = true;
        call.end();
      }
    };
    const fault = simulator.isolated ? 'unavailable' : simulator.appendFault();
    // What comes after it is not heard either, as behind a connection that is no more and does not know it.
    if (fault === 'call silent, not written') over = true;
    simulator.answer(fault, write, reply);
  });
  call.on('error', () => (over = true));
  call.on('cancelled', () => (over = true));
  call.on('end', () => call.end());
}

import { StreamNotFoundError } from '@eventstore/db-client';
import { convertToCommandError } from '@eventstore/db-client/dist/utils/CommandError.js';
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import { NoAnswer } from './failures.js';
import type { ReadCall } from './read-calls.js';
import { SentEvent } from './sent-event.js';

/**
 * Hears a read to its end, each event as it comes. The clock runs from event to event: large ones of others may fill a
 * page. The read is cancelled in every case: an open one would cost the connection a slot.
 * @param ms how long the next event is waited for
 * @throws NoAnswer; the client's errors; what `hear` throws
 */
export async function drain(
  opening: Promise<ReadCall>,
  ms: number,
  hear: (event: SentEvent) => void,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(`nothing more of a read within ${ms} ms`)), ms);
  });
  const heard = (event: SentEvent): void => {
    timer!.refresh();
    hear(event);
  };
  try {
    await Promise.race([silence, opening.then((call) => ended(call, heard))]);
  } finally {
    clearTimeout(timer);
    // The runtime keeps calls for a while, and with them it would keep what was made of their events.
    hear = () => undefined;
    opening.then(
      // Within the reading of its socket that can end the process: https://github.com/grpc/grpc-node/issues/1652
      (call) => setImmediate(() => call.cancel()),
      () => {},
    );
  }
}

const ended = (call: ReadCall, hear: (event: SentEvent) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    call.on('data', (answer) => {
      try {
        if (answer instanceof SentEvent) hear(answer);
        else if (answer.hasStreamNotFound()) throw notFound(answer.getStreamNotFound());
      } catch (error) {
        // Thrown here it would end the process.
        reject(error);
      }
    });
    // Some errors are reported twice, also after the end; without a listener that would end the process.
    call.on('error', (error) => reject(convertToCommandError(error)));
    call.on('end', resolve);
  });

const notFound = (said: streams.ReadResp.StreamNotFound | undefined): StreamNotFoundError =>
  new StreamNotFoundError(undefined, said?.getStreamIdentifier()?.getStreamName_asU8());

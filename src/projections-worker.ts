import { parentPort, workerData } from 'node:worker_threads';
import type { Config } from './config/config.js';
import { openEventReader } from './event-store/open-event-store.js';
import { giveWay } from './operations/priority.js';
import { buildInBulk, writeBesideFile } from './projections/bulk/bulk-build.js';
import {
  readingBeside,
  writingInTwo,
  type BesideOrder,
  type RelayOrder,
} from './projections/bulk/bulk-thread.js';
import { BUILT } from './projections/bulk/parts.js';
import { relayLog } from './projections/bulk/relay.js';
import type { ThreadMessage, ThreadOptions, ThreadWish } from './projections/messages.js';
import { Pace } from './projections/pace.js';
import { runProjections } from './projections/run-projections.js';

const { config, options: told } = workerData as {
  readonly config: Config;
  readonly options: ThreadOptions | BesideOrder | RelayOrder;
};
const openReader = () => openEventReader(config);
const report = (message: ThreadMessage) => parentPort?.postMessage(message);

/** For a store that does not answer. Longer than a statement waits for another connection. */
const CLOSE_WITHIN_MS = 8000;

/** By itself, and so between two calls of the driver: see `openDatabase`. */
const giveUp = () => setTimeout(() => process.exit(1), CLOSE_WITHIN_MS).unref();

const closing = new AbortController();
const pace = new Pace();
parentPort?.on('message', (wish: ThreadWish) => {
  if (wish === 'watched' || wish === 'unwatched') return pace.watch(wish === 'watched');
  if (wish !== 'close' && wish !== 'hurry') throw new TypeError(`unknown wish ${String(wish)}`);
  pace.hurry();
  if (wish !== 'close') return;
  closing.abort();
  // It holds nothing, and may be waiting for a server that does not answer.
  if ('relayTo' in told) process.exit();
});

/** Composition root of the thread that writes the read models, and of those that help it to build them. */
if ('relayTo' in told) await relayLog(openReader, told.relayTo);
else if ('beside' in told) await writeBesideFile(told.beside, told.until, openReader, closing.signal);
else await project(told);
parentPort?.close();

async function project(options: ThreadOptions): Promise<void> {
  if (options.inBulk) {
    const { signal } = closing;
    // Nobody waits for what it builds. The threads that it starts do as it does.
    giveWay();
    // To read from a server takes about half as long as to write.
    const threads =
      config.store === 'eventstoredb' ? readingBeside(config, signal) : writingInTwo(config, openReader);
    await buildInBulk(options.file, threads, report, signal);
  }
  // Told already, it would not be told again: nothing would end it where the store does not answer.
  if (closing.signal.aborted) return;
  // Not earlier: it would end the thread beside with it.
  closing.signal.addEventListener('abort', giveUp, { once: true });
  await runProjections(options, BUILT, openReader, report, closing.signal, pace);
}

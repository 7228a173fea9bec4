import { parentPort, workerData } from 'node:worker_threads';
import type { Config } from './config/config.js';
import { openEventReader } from './event-store/open-event-store.js';
import { accountsProjection } from './projections/accounts/accounts-projection.js';
import { historyProjection } from './projections/history/history-projection.js';
import type { ThreadMessage, ThreadOptions } from './projections/messages.js';
import { runProjections } from './projections/run-projections.js';

const { config, options } = workerData as { config: Config; options: ThreadOptions };

/** Composition root of the thread that writes the read models. */
const closing = new AbortController();
parentPort?.once('message', () => closing.abort());
await runProjections(
  options,
  [accountsProjection, historyProjection],
  () => openEventReader(config),
  (message: ThreadMessage) => parentPort?.postMessage(message),
  closing.signal,
);
parentPort?.close();

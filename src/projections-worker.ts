import { parentPort, workerData } from 'node:worker_threads';
import type { Config } from './config/config.js';
import { openEventReader } from './event-store/open-event-store.js';
import { accountsProjection } from './projections/accounts/accounts-projection.js';
import { conservationProjection } from './projections/conservation/conservation-projection.js';
import type { ThreadMessage, ThreadOptions, ThreadWish } from './projections/messages.js';
import { namesProjection } from './projections/names/names-projection.js';
import { Pace } from './projections/pace.js';
import { runProjections } from './projections/run-projections.js';
import { treeProjection } from './projections/tree/tree-projection.js';

const { config, options } = workerData as { config: Config; options: ThreadOptions };

/** Composition root of the thread that writes the read models. */
const closing = new AbortController();
const pace = new Pace();
parentPort?.on('message', (wish: ThreadWish) => {
  pace.hurry();
  if (wish === 'close') closing.abort();
});
await runProjections(
  options,
  [accountsProjection, treeProjection, conservationProjection, namesProjection],
  () => openEventReader(config),
  (message: ThreadMessage) => parentPort?.postMessage(message),
  closing.signal,
  pace,
);
parentPort?.close();

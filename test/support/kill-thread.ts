import type { Worker } from 'node:worker_threads';

/**
 * Ends a thread as a fault of its own code would: by a message that it cannot make sense of. `terminate` in the midst of
 * a call of SQLite's driver aborts the process.
 */
export async function killThread(worker: Worker): Promise<void> {
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  worker.postMessage(null);
  await ended;
}

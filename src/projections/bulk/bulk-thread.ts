import { Worker } from 'node:worker_threads';
import type { Config } from '../../config/config.js';
import type { Position } from '../../event-store/event-store.js';
import type { ThreadWish } from '../messages.js';

/** What the thread beside is to write: its file, and up to where it holds the log. */
export interface BesideOrder {
  readonly beside: string;
  readonly until: Position;
}

/** Writes the tables of `BESIDE` in another thread, which has ended afterwards. @throws whatever ends it before it is done */
export async function writeBeside(config: Config, order: BesideOrder, signal: AbortSignal): Promise<void> {
  // A signal that is aborted already tells it no more.
  signal.throwIfAborted();
  const worker = new Worker(new URL('../../projections-worker.js', import.meta.url), {
    workerData: { config, options: order },
  });
  const stop = (): void => worker.postMessage('close' satisfies ThreadWish);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      let failure: unknown;
      worker.on('error', (error) => (failure = error));
      worker.on('exit', (code) => {
        if (code === 0) resolve();
        else reject(failure ?? new Error(`the thread beside ended with code ${code}`));
      });
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import type { Config } from '../../config/config.js';
import type { EventReader, Position } from '../../event-store/event-store.js';
import type { ThreadWish } from '../messages.js';
import type { BuildThreads } from './bulk-build.js';
import { RelayedLog, type LogToBuild } from './relay.js';

/** Megabytes for the young objects of a thread that builds: with half of it a build took a tenth longer. */
export const YOUNG_MB = 24;

/** What the thread beside is to write: its file, and up to where it holds the log. */
export interface BesideOrder {
  readonly beside: string;
  readonly until: Position;
}

/** Where a thread is to relay the log to. */
export interface RelayOrder {
  readonly relayTo: MessagePort;
}

/** Two threads write, and each reads the log for itself: where reading is cheap. */
export const writingInTwo = (
  config: Config,
  openLog: () => Promise<EventReader>,
): Required<BuildThreads> => ({
  openLog,
  writeBeside: (beside, until, signal) => runThread(config, { beside, until }, signal),
});

/** Another thread reads the log for the one that writes. It ends when that closes it. @param signal ends it before */
export function readingBeside(config: Config, signal: AbortSignal): BuildThreads {
  const openLog = async (): Promise<LogToBuild> => {
    const { port1, port2 } = new MessageChannel();
    const closed = new AbortController();
    const ended = runThread(config, { relayTo: port2 }, AbortSignal.any([signal, closed.signal]), [port2]);
    const log = new RelayedLog(port1);
    // It tells what it fails at, but not that it could not be started.
    ended.catch(() => log.close());
    const close = async (): Promise<void> => {
      await log.close();
      closed.abort();
      await ended.catch(() => undefined);
    };
    return { head: () => log.head(), readAll: () => log.readAll(), close };
  };
  return { openLog };
}

/** Runs a thread of a build, which has ended afterwards. @throws whatever ends it before it is done */
async function runThread(
  config: Config,
  options: BesideOrder | RelayOrder,
  signal: AbortSignal,
  transferList: MessagePort[] = [],
): Promise<void> {
  // A signal that is aborted already tells it no more.
  signal.throwIfAborted();
  const worker = new Worker(new URL('../../projections-worker.js', import.meta.url), {
    workerData: { config, options },
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    transferList,
  });
  const stop = (): void => worker.postMessage('close' satisfies ThreadWish);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      let failure: unknown;
      worker.on('error', (error) => (failure = error));
      worker.on('exit', (code) => {
        if (code === 0) resolve();
        else reject(failure ?? new Error(`a thread of the build ended with code ${code}`));
      });
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

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
  /** Where the log is relayed to; without it the thread reads for itself. */
  readonly log?: MessagePort;
}

/** To whom a thread is to relay the log. */
export interface RelayOrder {
  readonly relayTo: readonly MessagePort[];
}

/** Each reads it for itself: where reading is cheap. */
export const readingTwice = (config: Config, openLog: () => Promise<EventReader>): BuildThreads => ({
  openLog,
  writeBeside: (beside, until, signal) => runThread(config, { beside, until }, signal),
});

/** A third one reads it for both. It ends when the first closes the log. @param signal ends it before */
export function readingOnce(config: Config, signal: AbortSignal): BuildThreads {
  const [here, beside] = [new MessageChannel(), new MessageChannel()];
  const closed = new AbortController();
  const openLog = async (): Promise<LogToBuild> => {
    const ports = [here.port2, beside.port2];
    const ended = runThread(config, { relayTo: ports }, AbortSignal.any([signal, closed.signal]), ports);
    // What it fails at it tells those who read; that it could not be started they see.
    ended.catch(() => ports.forEach((port) => port.close()));
    const log = new RelayedLog(here.port1);
    const close = async (): Promise<void> => {
      await log.close();
      // If it has never come to be another thread's.
      beside.port1.close();
      closed.abort();
      await ended.catch(() => undefined);
    };
    return { head: () => log.head(), readAll: () => log.readAll(), close };
  };
  return {
    openLog,
    writeBeside: (file, until, aborted) =>
      runThread(config, { beside: file, until, log: beside.port1 }, aborted, [beside.port1]),
  };
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

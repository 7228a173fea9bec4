import { Worker } from 'node:worker_threads';
import type { Config } from '../config/config.js';
import { reasonOf } from '../event-store/errors.js';
import { moverPort } from '../sqlite/wal-mover.js';
import { YOUNG_MB } from './bulk/bulk-thread.js';
import type { Report, ThreadMessage, ThreadOptions, ThreadWish } from './messages.js';

/**
 * Megabytes for young objects. With four times the room a command on one of 1 000 accounts takes 3 % less, but the service
 * holds 12 MB more, and is to hold no more than 400.
 */
const LIVE_YOUNG_MB = 6;

/** The thread that writes a read models' file, seen from the main thread. */
export class ProjectionsThread {
  private readonly worker: Worker;
  /** Resolves when the thread is gone. */
  readonly ended: Promise<void>;
  private closing = false;

  /** @param onDeath called when it ends without having been told to */
  constructor(config: Config, options: ThreadOptions, report: Report, onDeath: (reason: string) => void) {
    // What builds lets the others go first, and its own mover does as it does.
    const ports = options.inBulk ? [] : [moverPort()];
    this.worker = new Worker(new URL('../projections-worker.js', import.meta.url), {
      workerData: { config, options: { ...options, moverPort: ports[0] } },
      transferList: ports,
      resourceLimits: { maxYoungGenerationSizeMb: options.inBulk ? YOUNG_MB : LIVE_YOUNG_MB },
    });
    let reason = 'it ended';
    this.worker.on('message', (message: ThreadMessage) => {
      if (message.kind === 'unusable' || message.kind === 'restored') reason = message.reason;
      report(message);
    });
    this.worker.on('error', (error) => (reason = reasonOf(error)));
    this.ended = new Promise((resolve) => {
      this.worker.on('exit', () => {
        resolve();
        if (!this.closing) onDeath(reason);
      });
    });
  }

  /** Somebody waits: nothing is to gather now. */
  hurry(): void {
    this.post('hurry');
  }

  /** From now on somebody looks at what it writes, or nobody does. */
  watch(on: boolean): void {
    this.post(on ? 'watched' : 'unwatched');
  }

  /** Lets the batch at hand end, and the file be closed. */
  async close(): Promise<void> {
    this.closing = true;
    this.post('close');
    await this.ended;
  }

  private post(wish: ThreadWish): void {
    this.worker.postMessage(wish);
  }
}

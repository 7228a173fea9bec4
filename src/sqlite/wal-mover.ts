import { Worker } from 'node:worker_threads';
import type { Connection } from './database.js';

/**
 * Pages that a writer waits for before it moves its write-ahead log by itself: only if the mover has failed, or if
 * readers have held on to the log for long.
 */
export const LAST_RESORT_PAGES = 60_000;

/**
 * Moves a write-ahead log into its file, in a thread of its own: to copy the pages and sync twice takes up to a tenth of
 * a second, which nobody who writes should have to wait for. What is written meanwhile is left to the writer, who alone
 * can begin the log anew.
 */
export class WalMover {
  private readonly worker: Worker;
  private readonly ended: Promise<unknown>;

  /**
   * @param file in WAL mode
   * @param onMoved told when hardly anything is left: now the writer should call `moveRest`
   */
  constructor(file: string, onMoved: () => void) {
    this.worker = new Worker(new URL('./wal-mover-worker.js', import.meta.url), {
      workerData: { file },
      resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 32 },
    });
    this.worker.on('message', onMoved);
    // It reads and writes what the writer does: whatever ends it, he meets too, and tells.
    this.worker.on('error', () => undefined);
    this.ended = new Promise((resolve) => this.worker.on('exit', resolve));
  }

  /** Lets what it does end. */
  async close(): Promise<void> {
    this.worker.postMessage('close');
    await this.ended;
  }
}

/** Moves the little that is left of the connection's write-ahead log, so that it begins anew. In no transaction. */
export function moveRest(db: Connection): void {
  try {
    db.exec('PRAGMA wal_checkpoint(PASSIVE)');
  } catch {
    // What cannot be moved now is as safe where it is.
  }
}

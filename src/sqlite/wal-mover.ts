import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import type { Connection } from './database.js';

/**
 * Pages that a writer waits for before it moves its write-ahead log by itself: only if the mover has failed, or if
 * readers have held on to the log for long.
 */
export const LAST_RESORT_PAGES = 60_000;

/** What the thread that moves is told through a file's port: the file, and then that it is to be let go of. */
export type MoverWish = { readonly file: string } | 'close';

/**
 * Moves a write-ahead log into its file, in a thread of its own: to copy the pages and sync twice takes up to a tenth of
 * a second, which nobody who writes should have to wait for. What is written meanwhile is left to the writer, who alone
 * can begin the log anew.
 */
export class WalMover {
  private readonly ended: Promise<unknown>;

  /**
   * @param file in WAL mode
   * @param onMoved told when hardly anything is left: now the writer should call `moveRest`
   * @param port to the thread that moves; one of this thread's own by default
   */
  constructor(
    file: string,
    onMoved: () => void,
    private readonly port: MessagePort = moverPort(),
  ) {
    port.on('message', onMoved);
    // Also when the thread fails. It reads and writes what the writer does: whatever ends it, he meets too, and tells.
    this.ended = new Promise((resolve) => port.on('close', resolve));
    this.tell({ file });
  }

  /** Lets what it does end. */
  async close(): Promise<void> {
    this.tell('close');
    await this.ended;
  }

  private tell(wish: MoverWish): void {
    this.port.postMessage(wish);
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

/** A port for one more file, which may be handed to another thread: one that moves takes 8 MB, so all files share it. */
export function moverPort(): MessagePort {
  const thread = (mover ??= new MoverThread(() => {
    if (mover === thread) mover = undefined;
  }));
  return thread.open();
}

let mover: MoverThread | undefined;

/** The thread that moves, for as long as there are files. */
class MoverThread {
  private readonly worker = new Worker(new URL('./wal-mover-worker.js', import.meta.url), {
    resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 32 },
  });
  private files = 0;

  /** @param onEnd called when it takes no further files */
  constructor(private readonly onEnd: () => void) {
    this.worker.on('message', () => this.closed());
    this.worker.on('error', onEnd);
  }

  open(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.files += 1;
    this.worker.postMessage(port1, [port1]);
    return port2;
  }

  private closed(): void {
    this.files -= 1;
    if (this.files > 0) return;
    this.onEnd();
    this.worker.postMessage('end');
  }
}

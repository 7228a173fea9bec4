import { parentPort, type MessagePort } from 'node:worker_threads';
import { openDatabase, query } from './database.js';
import type { MoverWish } from './wal-mover.js';

const LOOK_EVERY_MS = 200;
/** Pages of 4 KiB. Few: whoever else syncs waits for the disk. Not too few: one that changed often is moved once. */
const WORTH_MOVING = 3000;

/**
 * Passes over what is left. SQLite syncs the file in a pass during which nobody commits, which takes longer than all
 * else: of six short ones after the long one hardly ever none is such. Else the writer would, and all who wait for him.
 */
const PASSES = 7;
/** Between two of them, for a reader to be done who holds on to the log. */
const BETWEEN_MS = 1;

type Progress = [busy: number, pages: number, moved: number];

/** Moves the file's log whenever it is worth it. @returns what ends that, and lets go of the file */
function move(file: string, tellMoved: () => void): () => void {
  const db = openDatabase(file);
  const checkpoint = (mode: 'NOOP' | 'PASSIVE'): Progress =>
    query<Progress>(db, `PRAGMA wal_checkpoint(${mode})`).get()!;
  const left = (): number => {
    const [, pages, moved] = checkpoint('NOOP');
    return pages - moved;
  };
  const timer = setInterval(() => {
    try {
      if (left() < WORTH_MOVING) return;
      for (let pass = 0; pass < PASSES && left() > 0; pass++) {
        if (pass > 0) sleep(BETWEEN_MS);
        checkpoint('PASSIVE');
      }
      tellMoved();
    } catch {
      // It may pass, such as a lock or a full disk; the writer meets it too, and tells.
    }
  }, LOOK_EVERY_MS);
  return () => {
    clearInterval(timer);
    db.close();
  };
}

const nothing = new Int32Array(new SharedArrayBuffer(4));

function sleep(ms: number): void {
  Atomics.wait(nothing, 0, 0, ms);
}

/** Serves one file, until its writer says so or is gone. */
function serve(port: MessagePort): void {
  let end: (() => void) | undefined;
  port.on('message', (wish: MoverWish) => {
    if (wish === 'close') return stop();
    try {
      end = move(wish.file, () => port.postMessage('moved'));
    } catch {
      // No file that can be opened: there is nothing to move.
    }
  });
  const stop = (): void => {
    end?.();
    end = undefined;
    port.close();
  };
  port.on('close', () => {
    stop();
    parentPort?.postMessage('closed');
  });
}

parentPort?.on('message', (wish: MessagePort | 'end') => {
  if (wish === 'end') parentPort?.close();
  else serve(wish);
});

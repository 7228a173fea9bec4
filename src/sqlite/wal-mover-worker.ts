import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase, query } from './database.js';

const LOOK_EVERY_MS = 200;
/** Pages of 4 KiB. Few: whoever else syncs waits for the disk. Not too few: one that changed often is moved once. */
const WORTH_MOVING = 3000;

type Progress = [busy: number, pages: number, moved: number];

const { file } = workerData as { readonly file: string };
const db = openDatabase(file);
const checkpoint = (mode: 'NOOP' | 'PASSIVE'): Progress =>
  query<Progress>(db, `PRAGMA wal_checkpoint(${mode})`).get()!;

function moveWhatIsWorthIt(): void {
  const [, pages, moved] = checkpoint('NOOP');
  if (pages - moved < WORTH_MOVING) return;
  checkpoint('PASSIVE');
  parentPort?.postMessage('moved');
}

const timer = setInterval(() => {
  try {
    moveWhatIsWorthIt();
  } catch {
    // It may pass, such as a lock or a full disk; the writer meets it too, and tells.
  }
}, LOOK_EVERY_MS);

parentPort?.once('message', () => {
  clearInterval(timer);
  db.close();
});

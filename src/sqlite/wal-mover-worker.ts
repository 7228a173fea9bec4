import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase, query } from './database.js';

const LOOK_EVERY_MS = 200;
/** Pages of 4 KiB. Few: whoever else syncs waits for the disk. Not too few: one that changed often is moved once. */
const WORTH_MOVING = 3000;

type Progress = [busy: number, pages: number, moved: number];

const { file } = workerData as { readonly file: string };
const db = openDatabase(file);
const look = query<Progress>(db, 'PRAGMA wal_checkpoint(NOOP)');
const move = query<Progress>(db, 'PRAGMA wal_checkpoint(PASSIVE)');

const timer = setInterval(() => {
  const [, pages, moved] = look.get()!;
  if (pages - moved < WORTH_MOVING) return;
  move.get();
  parentPort?.postMessage('moved');
}, LOOK_EVERY_MS);

parentPort?.once('message', () => {
  clearInterval(timer);
  db.close();
});

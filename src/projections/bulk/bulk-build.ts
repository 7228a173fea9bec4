import { reasonOf } from '../../event-store/errors.js';
import type { Position } from '../../event-store/event-store.js';
import type { Connection } from '../../sqlite/database.js';
import { syncToDisk } from '../../files/small-file.js';
import { CommandKeys } from '../accounts/command-keys.js';
import { CatchUp } from '../catch-up.js';
import { Checkpoints, type LastEvent } from '../checkpoints.js';
import type { LogFields, Report } from '../messages.js';
import { fileBeside, openForBulk, removeReadModels } from '../read-models-file.js';
import { BESIDE, BUILT, HERE } from './parts.js';
import type { LogToBuild } from './relay.js';
import { writeInBulk, type BulkPart } from './write-in-bulk.js';

/** What a build has of other threads. */
export interface BuildThreads {
  readonly openLog: () => Promise<LogToBuild>;
  /**
   * Has another one write the tables of `BESIDE` into a file of its own, up to a position. Aborted, it ends. Without it
   * this one writes them all.
   */
  readonly writeBeside?: (file: string, until: Position, signal: AbortSignal) => Promise<void>;
}

/**
 * Builds read models in a new file that nobody reads, up to where the log ends now. Nothing of it is durable, and
 * nothing can be rolled back, before all is there: that saves half of the time. What fails leaves no file; whoever then
 * projects event by event finds out at which one.
 */
export async function buildInBulk(
  file: string,
  { openLog, writeBeside }: BuildThreads,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const tell = (message: string, fields: LogFields, level: 'info' | 'warn' = 'info'): void =>
    report({ kind: 'log', level, message, fields });
  const log = await openLog();
  // Whichever thread fails ends the other.
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const began = performance.now();
  let beside: Promise<void> | undefined;
  try {
    const until = await log.head();
    beside = writeBeside?.(fileBeside(file), until, either);
    beside?.catch((error: unknown) => failed.abort(error));
    const watched = telling(log, new CatchUp(until, tell));
    await writeHere(file, watched, { until, beside }, either).catch((error: unknown) => {
      failed.abort(error);
      throw error;
    });
    syncToDisk(file);
    const seconds = (performance.now() - began) / 1000;
    tell('read models built in bulk', { until: String(until), seconds });
  } catch (error) {
    await beside?.catch(() => undefined);
    removeReadModels(file);
    if (signal.aborted) return;
    const message = 'the read models could not be built in bulk; building them event by event';
    tell(message, { reason: reasonOf(error) }, 'warn');
  } finally {
    await log.close();
    removeReadModels(fileBeside(file));
  }
}

/** A log that tells how far it was read. */
const telling = (log: LogToBuild, way: CatchUp): Pick<LogToBuild, 'readAll'> => ({
  async *readAll(after) {
    for await (const page of log.readAll(after)) {
      way.count(page.length, page.at(-1)!.position, false);
      yield page;
    }
  },
});

interface Extent {
  readonly until: Position;
  /** Done when the other thread has written its part; undefined when there is none. */
  readonly beside: Promise<void> | undefined;
}

async function writeHere(
  file: string,
  log: Pick<LogToBuild, 'readAll'>,
  { until, beside }: Extent,
  signal: AbortSignal,
): Promise<void> {
  const db = openForBulk(file);
  try {
    const checkpoints = new Checkpoints(db);
    for (const { ddl } of BUILT) db.exec(ddl);
    db.exec('BEGIN');
    const last = await writeInBulk(db, log, beside ? HERE : [...HERE, ...BESIDE], until, signal);
    db.exec('COMMIT');
    await beside;
    if (beside) db.prepare('ATTACH ? AS beside').run(fileBeside(file));
    db.exec('BEGIN');
    if (beside) takeOver(db, last);
    new CommandKeys(db).checkCollisions();
    for (const { name, schema } of BUILT) checkpoints.save(name, { schema, position: until, last });
    db.exec('COMMIT');
  } finally {
    db.close();
  }
}

/** Takes what the other thread has written. @param last by which the log is known again that this one has read */
function takeOver(db: Connection, last: LastEvent | undefined): void {
  const { id } = db.prepare<{ id: string | null }>('SELECT event_id AS id FROM beside.checkpoints').get()!;
  if (id !== (last?.id ?? null))
    throw new Error(`one thread read up to event ${last?.id}, the other up to ${id}`);
  for (const table of BESIDE.flatMap(({ tables }) => tables))
    // Tables of the same form: SQLite copies the rows as they are.
    db.exec(`INSERT INTO main.${table} SELECT * FROM beside.${table}`);
}

/** The other thread's part. */
export async function writeBesideFile(
  file: string,
  until: Position,
  openLog: () => Promise<LogToBuild>,
  signal: AbortSignal,
  parts: readonly BulkPart[] = BESIDE,
): Promise<void> {
  const log = await openLog();
  let db: Connection | undefined;
  try {
    db = openForBulk(file);
    for (const { ddl } of parts) db.exec(ddl);
    db.exec('BEGIN');
    const checkpoints = new Checkpoints(db);
    const last = await writeInBulk(db, log, parts, until, signal);
    checkpoints.save('beside', { schema: 0, position: until, last });
    db.exec('COMMIT');
  } finally {
    db?.close();
    await log.close();
  }
}

import type { EventReader } from '../event-store/event-store.js';
import { cutWriteAheadLog, type Connection } from '../sqlite/database.js';
import { isDamage } from '../sqlite/result-code.js';
import { moveRest, WalMover } from '../sqlite/wal-mover.js';
import type { Report, ThreadOptions } from './messages.js';
import type { Pace } from './pace.js';
import type { Projection } from './projection.js';
import { Projector, ReadModelsUnusable } from './projector.js';
import { moveAside, openReadModels } from './read-models-file.js';

/**
 * Opens the file and the log, and projects until the signal ends it. A damaged file, or one that does not fit
 * the log, starts again from nothing when that is allowed, else is reported.
 * @throws StoreUnavailable, and what SQLite throws
 */
export async function runProjections(
  options: ThreadOptions,
  projections: readonly Projection[],
  openReader: () => Promise<EventReader>,
  report: Report,
  signal: AbortSignal,
  pace?: Pace,
): Promise<void> {
  const reader = await openReader();
  let file: OpenFile | undefined;
  try {
    const { db, projector } = (file = openFile(options, reader, projections, report));
    await projector.open(options.mayReset);
    const move = (): void => moveRest(db);
    const mover = new WalMover(options.file, () => projector.outside(move), options.moverPort);
    try {
      await projector.run(signal, pace);
    } finally {
      await mover.close();
    }
    // Leaves all in the one file, which may then take another's place. A reader from outside, such as `verify`, may
    // hold on to the write-ahead log for long: not to be waited for.
    cutWriteAheadLog(500, db);
  } catch (error) {
    if (!isDamage(error) && !(error instanceof ReadModelsUnusable)) throw error;
    report({ kind: isDamage(error) ? 'unusable' : 'restored', reason: error.message });
  } finally {
    file?.db.close();
    await reader.close();
  }
}

interface OpenFile {
  readonly db: Connection;
  readonly projector: Projector;
}

function openFile(
  options: ThreadOptions,
  reader: EventReader,
  projections: readonly Projection[],
  report: Report,
): OpenFile {
  const open = (): OpenFile => {
    const db = openReadModels(options.file);
    try {
      return { db, projector: new Projector(db, reader, projections, report) };
    } catch (error) {
      db.close();
      throw error;
    }
  };
  try {
    return open();
  } catch (error) {
    if (!isDamage(error) || !options.mayReset) throw error;
    const aside = moveAside(options.file);
    const message = 'the read models are damaged; rebuilding them';
    report({ kind: 'log', level: 'error', message, fields: { error: error.message, movedTo: aside } });
    return open();
  }
}

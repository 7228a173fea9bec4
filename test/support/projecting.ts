import { join } from 'node:path';
import type { EventReader, RecordedEvent } from '../../src/event-store/event-store.js';
import { accountsProjection } from '../../src/projections/accounts/accounts-projection.js';
import { conservationProjection } from '../../src/projections/conservation/conservation-projection.js';
import type { ThreadMessage } from '../../src/projections/messages.js';
import type { Projection } from '../../src/projections/projection.js';
import { runProjections } from '../../src/projections/run-projections.js';
import { openDatabase, query } from '../../src/sqlite/database.js';
import { SQLITE_IOERR } from '../../src/sqlite/result-code.js';
import { instead } from './instead.js';
import { sqliteError } from './sqlite-error.js';

export const PROJECTIONS: readonly Projection[] = [accountsProjection, conservationProjection];

/** Brings the file's read models to the end of the log, as the thread does. @returns what it told */
export async function project(
  file: string,
  reader: EventReader,
  projections = PROJECTIONS,
  mayReset = true,
): Promise<readonly ThreadMessage[]> {
  const messages: ThreadMessage[] = [];
  const end = new AbortController();
  const report = (message: ThreadMessage): void => {
    messages.push(message);
    if (message.kind === 'progress' && message.live) end.abort();
  };
  await runProjections({ file, mayReset }, projections, async () => borrowed(reader), report, end.signal);
  return messages;
}

/** A reader that its user does not close. */
export const borrowed = (reader: EventReader): EventReader =>
  instead(reader, { close: async () => undefined });

/** Every row of every read model. */
export function rowsIn(file: string): Readonly<Record<string, readonly unknown[]>> {
  const db = openDatabase(file);
  try {
    return Object.fromEntries(
      [
        'checkpoints',
        'main_accounts',
        'sip_accounts',
        'entries',
        'command_keys',
        'colliding_keys',
        'entry_tiles',
        'sip_entry_tiles',
        'conservation',
        'tree_tiles',
        'names',
        'name_tails',
        'named_accounts',
      ]
        .filter((table) => db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(table))
        .map((table) => [table, query(db, `SELECT * FROM ${table} ORDER BY 1, 2`).all()]),
    );
  } finally {
    db.close();
  }
}

/** The projection, failing at the events for which `failure` gives an error. */
export const failing = (
  projection: Projection,
  failure: (recorded: RecordedEvent) => Error | undefined,
): Projection => ({
  ...projection,
  open(db) {
    const writer = projection.open(db);
    return {
      apply(entry) {
        const error = failure(entry.recorded);
        if (error) throw error;
        writer.apply?.(entry);
      },
      flush: () => writer.flush(),
      forget: () => writer.forget(),
    };
  },
});

/**
 * The projection in a process that dies after the rows are written and before they are committed. SQLite has ended the
 * transaction by itself, as it does after some faults.
 */
export const dying = (projection: Projection): Projection => ({
  ...projection,
  open(db) {
    const writer = projection.open(db);
    return {
      apply: (entry) => writer.apply?.(entry),
      flush() {
        writer.flush();
        db.exec('ROLLBACK');
        throw sqliteError('disk I/O error', SQLITE_IOERR);
      },
      forget: () => writer.forget(),
    };
  },
});

export const readModelsIn = (directory: string): string => join(directory, 'read-models.db');

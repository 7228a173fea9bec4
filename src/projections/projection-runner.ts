import Database from 'libsql';
import { START, type EventReader, type Position, type RecordedEvent } from '../event-store/event-store.js';
import type { Checkpoints, LastEvent } from './checkpoints.js';
import type { LogEntry } from './log-entry.js';
import type { StoppedProjection } from './messages.js';
import type { Projection, ProjectionWriter } from './projection.js';

/** A recorded event as all projections get it: read once, or once found unreadable. */
export interface Reading {
  readonly recorded: RecordedEvent;
  /** @throws UnreadableEvent */
  readonly entry: () => LogEntry | undefined;
}

/** Brings one projection forward: rows and checkpoint in one transaction. */
export class ProjectionRunner {
  readonly name: string;
  /** Every event up to here is in the committed rows. */
  position: Position = START;
  private stopped = false;
  private last: LastEvent | undefined;
  private writer: ProjectionWriter;

  constructor(
    private readonly db: Database.Database,
    private readonly checkpoints: Checkpoints,
    private readonly projection: Projection,
  ) {
    this.name = projection.name;
    const checkpoint = checkpoints.load(this.name);
    if (checkpoint?.schema !== projection.schema) this.clear();
    else ({ position: this.position, last: this.last } = checkpoint);
    this.writer = projection.open(db);
  }

  /** Starts again from an empty read model. */
  reset(): void {
    this.clear();
    this.writer = this.projection.open(this.db);
  }

  /**
   * Compares the checkpoint with the log.
   * @returns what does not fit, undefined when the log goes on where the projection stands
   */
  async misfit(reader: EventReader): Promise<string | undefined> {
    const head = await reader.head();
    const beyond = `its checkpoint ${this.position} is beyond the end of the log at ${head}`;
    if (!this.last) return this.position > head ? beyond : undefined;
    const { id, stream, revision } = this.last;
    for await (const page of reader.readStream(stream, revision))
      if (page[0]?.id === id) return undefined;
      else break;
    return this.position > head
      ? beyond
      : `the log does not hold event ${id}, its last, at ${stream}/${revision}`;
  }

  /**
   * Applies what lies beyond the checkpoint. An event that fails stops the projection right before it, and it
   * stays there until the next start.
   * @param position every event up to here is in the batch
   * @returns where the projection stopped, when it did
   * @throws SqliteError when not an event but the file or the disk is at fault
   */
  advance(batch: readonly Reading[], position: Position): StoppedProjection | undefined {
    if (this.stopped || position <= this.position) return undefined;
    const due = batch.filter(({ recorded }) => recorded.position > this.position);
    try {
      this.commit(due, position);
      return undefined;
    } catch (error) {
      if (isTrouble(error)) throw error;
      return this.oneByOne(due, position);
    }
  }

  /** Finds the event at which a batch failed, and keeps what comes before it. */
  private oneByOne(due: readonly Reading[], position: Position): StoppedProjection | undefined {
    for (const reading of due)
      try {
        this.commit([reading], reading.recorded.position);
      } catch (error) {
        if (isTrouble(error)) throw error;
        this.stopped = true;
        return stoppedAt(this.name, reading.recorded, error);
      }
    this.commit([], position);
    return undefined;
  }

  private commit(due: readonly Reading[], position: Position): void {
    const last = due.at(-1)?.recorded ?? this.last;
    this.transact(() => {
      for (const { entry } of due) {
        const read = entry();
        if (read) this.writer.apply(read);
      }
      this.writer.flush();
      this.save(position, last);
    });
    this.position = position;
    this.last = last;
  }

  private transact(work: () => void): void {
    this.db.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.db.exec('COMMIT');
    } catch (error) {
      this.writer.forget();
      if (this.db.inTransaction) this.db.exec('ROLLBACK');
      throw error;
    }
  }

  private clear(): void {
    const { tables, ddl } = this.projection;
    this.db.exec('BEGIN IMMEDIATE');
    for (const table of tables) this.db.exec(`DROP TABLE IF EXISTS ${table}`);
    this.db.exec(ddl);
    this.save(START, undefined);
    this.db.exec('COMMIT');
    this.position = START;
    this.last = undefined;
  }

  private save(position: Position, last: LastEvent | undefined): void {
    this.checkpoints.save(this.name, { schema: this.projection.schema, position, last });
  }
}

function stoppedAt(
  projection: string,
  { stream, revision, id: eventId, type, position }: RecordedEvent,
  error: unknown,
): StoppedProjection {
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { projection, stream, revision, eventId, type, position, error: reason };
}

const SQLITE_CONSTRAINT = 19;

/** An error of the database that no event is to blame for. The low byte of a code is its kind. */
const isTrouble = (error: unknown): boolean =>
  error instanceof Database.SqliteError && ((error.rawCode ?? 0) & 0xff) !== SQLITE_CONSTRAINT;

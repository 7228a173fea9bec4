import { START, type EventReader, type Position, type RecordedEvent } from '../event-store/event-store.js';
import type { Connection } from '../sqlite/database.js';
import { overwriting } from '../sqlite/overwriting.js';
import { resultCode, SQLITE_CONSTRAINT } from '../sqlite/result-code.js';
import { Batch } from './batch.js';
import type { Checkpoints, LastEvent } from './checkpoints.js';
import { isOfLedger, type LogEntry } from './log-entry.js';
import { misfitOf } from './log-fit.js';
import type { StoppedProjection } from './messages.js';
import type { Projection, ProjectionWriter } from './projection.js';

/** Brings one projection forward: rows and checkpoint in one transaction. */
export class ProjectionRunner {
  readonly name: string;
  /** Every event up to here is in the committed rows. */
  position: Position = START;
  /** And up to here nothing is left to do for them. */
  told: Position = START;
  finished = true;
  private stopped = false;
  private readonly passedOver = new Set<string>();
  private last: LastEvent | undefined;
  private writer: ProjectionWriter;

  constructor(
    private readonly db: Connection,
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

  /** @returns what does not fit, undefined when the log goes on where the projection stands */
  misfit(reader: EventReader): Promise<string | undefined> {
    return misfitOf({ position: this.position, last: this.last }, reader);
  }

  /** Whether an event at this position is still to be applied. */
  isDue(position: Position): boolean {
    return !this.stopped && position > this.position;
  }

  /** @param read says what an event of the ledger holds @throws any error of the projection, UnreadableEvent */
  apply(recorded: RecordedEvent, read: () => LogEntry): void {
    if (this.passedOver.has(recorded.stream)) return;
    // Read only for a projection that takes events of the ledger: no other is to stop at one that cannot be read.
    if (isOfLedger(recorded)) this.writer.apply?.(read());
    else this.writer.applyOther?.(recorded);
  }

  /** Writes the rows and the checkpoint; to be called in the transaction that the events were applied in. */
  flush(position: Position, last: LastEvent | undefined): void {
    this.writer.flush();
    this.save(position, last ?? this.last);
  }

  /** The transaction was committed. */
  settle(position: Position, last: LastEvent | undefined): void {
    this.position = position;
    this.last = last ?? this.last;
    // What is still unfinished is tried again by a timer: at each commit it would only hold up the events.
    if (this.finished) this.finish();
  }

  /** Does what is left to do for the committed rows, if it can be done now. */
  finish(): void {
    this.finished = this.writer.finish?.() ?? true;
    if (this.finished) this.told = this.position;
  }

  /** The transaction was rolled back. */
  forget(): void {
    this.writer.forget();
  }

  /**
   * Applies events one transaction each, to find the one that fails. That stops the projection right before it,
   * and it stays there until the next start.
   * @returns where the projection stopped, when it did
   * @throws what SQLite throws, when not an event but the file or the disk is at fault
   */
  oneByOne(events: readonly RecordedEvent[]): StoppedProjection | undefined {
    for (const recorded of events)
      try {
        if (this.isDue(recorded.position)) this.commit([recorded], recorded.position);
      } catch (error) {
        if (isTrouble(error)) throw error;
        this.stopped = true;
        return stoppedAt(this.name, recorded, error);
      }
    return undefined;
  }

  /** Nothing for it comes up to here. @throws what SQLite throws */
  passOn(position: Position): void {
    this.commit([], position);
  }

  /** Goes on where it stopped, without the events of a stream. */
  passOver(stream: string): void {
    this.passedOver.add(stream);
    this.stopped = false;
  }

  private commit(events: readonly RecordedEvent[], position: Position): void {
    const batch = new Batch(this.db, [this]);
    batch.apply(events, position);
    batch.commit(position);
  }

  private clear(): void {
    const { tables, ddl, personal = false } = this.projection;
    const drop = (): void => {
      for (const table of tables) this.db.exec(`DROP TABLE IF EXISTS ${table}`);
    };
    this.db.exec('BEGIN IMMEDIATE');
    if (personal) overwriting(this.db, drop);
    else drop();
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

/** An error of the database that no event is to blame for. */
export const isTrouble = (error: unknown): boolean =>
  ![undefined, SQLITE_CONSTRAINT].includes(resultCode(error));

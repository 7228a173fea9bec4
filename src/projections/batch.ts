import { isTombstone, type Position, type RecordedEvent } from '../event-store/event-store.js';
import type { Connection } from '../sqlite/database.js';
import type { LastEvent } from './checkpoints.js';
import { isLandmark, readEntry, type LogEntry } from './log-entry.js';
import type { ProjectionRunner } from './projection-runner.js';

/**
 * Events that are applied to projections in one transaction with the checkpoints. They may come page by page, and none
 * is kept: thousands of them would grow old in a heap that is small.
 */
export class Batch {
  /** How many events came. */
  size = 0;
  readonly streams = new Set<string>();
  readonly tombstones: RecordedEvent[] = [];
  private last: LastEvent | undefined;
  /** Whether something is applied that is not committed. */
  private begun = false;

  constructor(
    private readonly db: Connection,
    private readonly runners: readonly ProjectionRunner[],
  ) {}

  /**
   * Applies some more events. An event is read once for all projections.
   * @param position every event up to here has come
   * @throws any error, and nothing of the batch is left but what it counts
   */
  apply(events: readonly RecordedEvent[], position: Position): void {
    this.count(events);
    const due = this.due(position);
    if (events.length === 0 || due.length === 0) return;
    this.attempt(() => {
      for (const recorded of events) applyTo(due, recorded);
    });
  }

  /**
   * Writes the rows that were held back and the checkpoints, and commits.
   * @param position every event up to here was applied
   * @throws any error, and nothing is changed
   */
  commit(position: Position): void {
    const due = this.due(position);
    if (due.length === 0) return;
    this.attempt(() => {
      for (const runner of due) runner.flush(position, this.last);
      this.db.exec('COMMIT');
    });
    this.begun = false;
    for (const runner of due) runner.settle(position, this.last);
  }

  /** Takes back what was applied and is not committed. */
  drop(): void {
    if (!this.begun) return;
    this.begun = false;
    for (const runner of this.runners) runner.forget();
    // After some faults SQLite has rolled back by itself.
    if (this.db.isTransaction) this.db.exec('ROLLBACK');
  }

  private due(position: Position): readonly ProjectionRunner[] {
    return this.runners.filter((runner) => runner.isDue(position));
  }

  private count(events: readonly RecordedEvent[]): void {
    this.size += events.length;
    for (const recorded of events) {
      this.streams.add(recorded.stream);
      if (isTombstone(recorded)) this.tombstones.push(recorded);
    }
    const last = events.findLast(isLandmark);
    if (last) this.last = { id: last.id, position: last.position };
  }

  private attempt(work: () => void): void {
    try {
      if (!this.begun) this.db.exec('BEGIN IMMEDIATE');
      this.begun = true;
      work();
    } catch (error) {
      this.drop();
      throw error;
    }
  }
}

function applyTo(runners: readonly ProjectionRunner[], recorded: RecordedEvent): void {
  let entry: LogEntry | undefined;
  const read = (): LogEntry => (entry ??= readEntry(recorded));
  for (const runner of runners) if (runner.isDue(recorded.position)) runner.apply(recorded, read);
}

import { START, type EventReader, type Position, type RecordedEvent } from '../event-store/event-store.js';
import type { Connection } from '../sqlite/database.js';
import { mainAccountIdOf } from '../ledger/streams.js';
import { Batch } from './batch.js';
import { CatchUp } from './catch-up.js';
import { Checkpoints } from './checkpoints.js';
import { eachAlone } from './each-alone.js';
import type { LogFields, LogLevel, Positions, Report, StoppedProjection } from './messages.js';
import { Pace } from './pace.js';
import { isTrouble, ProjectionRunner } from './projection-runner.js';
import type { Projection } from './projection.js';

/**
 * Events a transaction holds at most. While catching up many: an account, and a page of the file, that several of
 * them touch is written once. After that fewer, since queries wait for the transaction at hand.
 */
const CATCH_UP_EVENTS = 16_000;
const BUSY_EVENTS = 2000;
/** How often is tried again what a projection has left to do. */
const FINISH_EVERY_MS = 1000;

/** The read models do not fit the log and may not be emptied, since somebody reads them. */
export class ReadModelsUnusable extends Error {
  override readonly name = 'ReadModelsUnusable';
}

/** Follows the log and brings every projection forward. A projection that stops does not hold up the others. */
export class Projector {
  private readonly runners: readonly ProjectionRunner[];
  /** What waits for the transaction at hand to end. */
  private readonly waiting = new Set<() => void>();
  /** How far the log has been read, and whether that was its end. */
  private at = { seen: START, live: false };

  constructor(
    private readonly db: Connection,
    private readonly reader: EventReader,
    projections: readonly Projection[],
    private readonly report: Report,
  ) {
    const checkpoints = new Checkpoints(db);
    this.runners = projections.map((projection) => new ProjectionRunner(db, checkpoints, projection));
  }

  /**
   * Makes sure that the read models belong to this log; those that do not start again from nothing.
   * @throws ReadModelsUnusable, StoreUnavailable
   */
  async open(mayReset: boolean): Promise<void> {
    for (const runner of this.runners) {
      const misfit = await runner.misfit(this.reader);
      if (misfit === undefined) continue;
      const message = `read model ${runner.name} does not fit the log: ${misfit}`;
      if (!mayReset) throw new ReadModelsUnusable(message);
      this.log('warn', `${message}; rebuilding it`);
      runner.reset();
    }
    for (const runner of this.runners) runner.finish();
    const rows = new Map(this.runners.map(({ name, position }) => [name, position]));
    this.report({ kind: 'opened', positions: this.positions, rows });
  }

  /**
   * Ends when the signal says so, between two batches.
   * @throws what SQLite throws, when the file or the disk is at fault
   */
  async run(signal: AbortSignal, pace: Pace = new Pace()): Promise<void> {
    const finish = (): void => this.finish();
    const timer = setInterval(() => this.outside(finish), FINISH_EVERY_MS);
    try {
      await this.follow(signal, pace);
    } finally {
      clearInterval(timer);
    }
  }

  /** Runs what no transaction may be open for: now, or when the one at hand is over. */
  outside(work: () => void): void {
    this.waiting.add(work);
    if (!this.db.isTransaction) this.betweenBatches();
  }

  private betweenBatches(): void {
    for (const work of this.waiting) {
      this.waiting.delete(work);
      work();
    }
  }

  private async follow(signal: AbortSignal, pace: Pace): Promise<void> {
    const head = await this.reader.head();
    const catchUp = new CatchUp(
      head,
      (message, fields) => this.log('info', message, fields),
      () => this.report({ kind: 'behind' }),
    );
    let batch = new Batch(this.db, this.runners);
    try {
      for await (const { events, position, live, hidden = [] } of this.reader.follow(this.start, signal)) {
        for (const at of hidden) this.tellDamaged(at, 'was cut short or deleted');
        const most = catchUp.over ? BUSY_EVENTS : CATCH_UP_EVENTS;
        const full = live || batch.size + events.length >= most;
        if (!(await this.advance(batch, events, position, full))) continue;
        for (const recorded of batch.tombstones) this.tellDamaged(recorded, 'was deleted');
        if (!catchUp.over) catchUp.count(batch.size, this.start, live);
        this.at = { seen: position, live };
        this.tell(live ? [...batch.streams] : undefined);
        batch = new Batch(this.db, this.runners);
        this.betweenBatches();
        if (signal.aborted) return;
        if (live) await pace.pause();
      }
    } finally {
      batch.drop();
    }
  }

  /**
   * Brings all projections forward together; when an event fails, each by itself.
   * @param full whether the batch is to be committed
   * @returns whether it is done
   */
  private async advance(
    batch: Batch,
    events: readonly RecordedEvent[],
    position: Position,
    full: boolean,
  ): Promise<boolean> {
    try {
      batch.apply(events, position);
      if (full) batch.commit(position);
      return full;
    } catch (error) {
      if (isTrouble(error)) throw error;
      await eachAlone(this.reader, this.runners, position, {
        stopped: (at) => this.tellStopped(at),
        damaged: (at) => this.tellDamaged(at, 'was cut short or deleted'),
      });
      return true;
    }
  }

  /** Does what projections have left to do, though no event comes. */
  private finish(): void {
    const unfinished = this.runners.filter(({ finished }) => !finished);
    if (unfinished.length === 0) return;
    for (const runner of unfinished) runner.finish();
    this.tell([]);
  }

  /** @param streams of which events were applied since it was last told */
  private tell(streams: readonly string[] | undefined): void {
    this.report({ kind: 'progress', positions: this.positions, ...this.at, streams });
  }

  private get positions(): Positions {
    return new Map(this.runners.map(({ name, told }) => [name, told]));
  }

  private get start(): Position {
    return this.runners.map(({ position }) => position).reduce((a, b) => (a < b ? a : b));
  }

  private tellStopped(at: StoppedProjection): void {
    this.report({ kind: 'stopped', at });
    this.log('error', `projection ${at.projection} stopped at an event that it cannot apply`, {
      ...at,
      position: String(at.position),
    });
  }

  /** The account's rows stay as they are, and its commands find out by themselves. */
  private tellDamaged(
    { stream, position }: Pick<RecordedEvent, 'stream' | 'position'>,
    what: 'was deleted' | 'was cut short or deleted',
  ): void {
    if (mainAccountIdOf(stream) !== undefined)
      this.log('alarm', `the stream ${stream} ${what} in EventStoreDB`, {
        stream,
        position: String(position),
      });
  }

  private log(level: LogLevel, message: string, fields: LogFields = {}): void {
    this.report({ kind: 'log', level, message, fields });
  }
}

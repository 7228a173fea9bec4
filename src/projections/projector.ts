import {
  isTombstone,
  START,
  type EventReader,
  type Position,
  type RecordedEvent,
} from '../event-store/event-store.js';
import { StreamDamaged } from '../event-store/errors.js';
import type { Connection } from '../sqlite/database.js';
import { mainAccountIdOf } from '../ledger/streams.js';
import { CatchUp } from './catch-up.js';
import { Checkpoints } from './checkpoints.js';
import type { LogFields, LogLevel, Positions, Report, StoppedProjection } from './messages.js';
import { Pace } from './pace.js';
import { commit, isTrouble, ProjectionRunner } from './projection-runner.js';
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
    const timer = setInterval(() => this.finish(), FINISH_EVERY_MS);
    try {
      await this.follow(signal, pace);
    } finally {
      clearInterval(timer);
    }
  }

  private async follow(signal: AbortSignal, pace: Pace): Promise<void> {
    const head = await this.reader.head();
    const catchUp = new CatchUp(
      head,
      (message, fields) => this.log('info', message, fields),
      () => this.report({ kind: 'behind' }),
    );
    let batch: RecordedEvent[] = [];
    for await (const { events, position, live, hidden = [] } of this.reader.follow(this.start, signal)) {
      for (const at of hidden) this.tellDamaged(at, 'was cut short or deleted');
      batch.push(...events);
      if (!live && batch.length < (catchUp.over ? BUSY_EVENTS : CATCH_UP_EVENTS)) continue;
      await this.advance(batch, position);
      for (const recorded of batch) if (isTombstone(recorded)) this.tellDamaged(recorded, 'was deleted');
      if (!catchUp.over) catchUp.count(batch.length, this.start, live);
      const streams = live ? [...new Set(batch.map(({ stream }) => stream))] : undefined;
      batch = [];
      this.at = { seen: position, live };
      this.tell(streams);
      if (signal.aborted) return;
      if (live) await pace.pause();
    }
  }

  /** Brings all projections forward together; when an event fails, each alone, so that it stops those only that it fails. */
  private async advance(batch: readonly RecordedEvent[], position: Position): Promise<void> {
    try {
      commit(this.db, this.runners, batch, position);
    } catch (error) {
      if (isTrouble(error)) throw error;
      for (const runner of this.runners) await this.advanceAlone(runner, batch, position);
    }
  }

  /** What a scavenge has left of a stream that somebody deleted cannot be applied, and is passed over. */
  private async advanceAlone(
    runner: ProjectionRunner,
    batch: readonly RecordedEvent[],
    position: Position,
  ): Promise<void> {
    for (;;) {
      const stopped = runner.oneByOne(batch, position);
      if (!stopped) return;
      if (!(await this.isDamaged(stopped.stream))) return this.tellStopped(stopped);
      this.tellDamaged(stopped, 'was cut short or deleted');
      runner.passOver(stopped.stream);
    }
  }

  private async isDamaged(stream: string): Promise<boolean> {
    try {
      await this.reader.firstFrom(stream, 0);
      return false;
    } catch (error) {
      if (error instanceof StreamDamaged) return true;
      throw error;
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

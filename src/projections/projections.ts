import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../config/config.js';
import { START, type EventStore, type Position } from '../event-store/event-store.js';
import { Refusal } from '../ledger/domain/errors.js';
import { isoTime } from '../ledger/seal.js';
import { NotInReadModel, PositionInFuture, ReadModelBehind } from './errors.js';
import type { StoppedProjection } from './messages.js';
import type { Progress } from './progress.js';
import type { ReadModels } from './read-models.js';
import type { RebuildStatus } from './rebuild-status.js';
import type { Supervisor } from './supervisor.js';

/** How long the first look after a while waits at most, in milliseconds. */
const WAKE_MS = 100;

/** How far a projection is behind the log. */
export interface ProjectionLag {
  readonly projection: string;
  /** In the embedded store a position is an event. */
  readonly positions: bigint;
  readonly seconds: number;
}

/** How fresh a query's answer has to be. */
export interface AtLeast {
  /** The answer is not from before this position. */
  readonly atLeast?: Position | undefined;
}

/** What a query's answer says of its age. */
export interface Freshness {
  /** Everything up to this position of the log is in the answer, and nothing later. */
  readonly position: string;
  /** When it was read, or the moment in the past that was asked for: RFC 3339, UTC, milliseconds. */
  readonly asOf: string;
}

/** What was read of the rows, and up to where they held the log. */
export interface ReadAt<Answer extends object> {
  readonly answer: Answer;
  readonly position: Position;
}

/** An answer beside its age: of what has not changed, the same object again. */
export interface Fresh<Answer extends object> extends Freshness {
  readonly answer: Answer;
}

/** The read models' door: knows how far they are, and lets queries wait for them. */
export class Projections {
  private readonly progress: Progress;
  /** What a look waits for when nobody has looked for a while: then the read models gather more before they move. */
  private waking: Promise<void> | undefined;

  constructor(
    private readonly config: Config,
    private readonly store: EventStore,
    private readonly models: ReadModels,
    private readonly supervisor: Supervisor,
  ) {
    this.progress = supervisor.progress;
  }

  /** True when every projection has caught up with the log since its thread started, and none has stopped. */
  get ready(): boolean {
    return this.supervisor.running && this.progress.live && this.progress.stopped.size === 0;
  }

  /** False while the thread that writes the read models has ended and is yet to be started again. */
  get running(): boolean {
    return this.supervisor.running;
  }

  /** The projections that stopped at an event they could not apply. */
  get stopped(): readonly StoppedProjection[] {
    return [...this.progress.stopped.values()];
  }

  /** What a read sees holds every event up to here. */
  position(projection: string): Position {
    return this.progress.position(projection);
  }

  /** @throws StoreUnavailable */
  async lag(): Promise<readonly ProjectionLag[]> {
    const head = await this.store.head();
    return [...this.progress.positions].map(([projection, position]) => ({
      projection,
      positions: head > position ? head - position : 0n,
      seconds: this.progress.secondsBehind(projection, head),
    }));
  }

  /** Calls the listener whenever the read models have moved. @returns what ends it */
  onProgress(listener: () => void): () => void {
    return this.progress.onChange(listener);
  }

  /**
   * Resolves when the read model holds the position; for START, once it has caught up since the service started,
   * so that nothing is denied that a rebuild has merely not come to.
   * @throws ReadModelBehind, PositionInFuture, StoreUnavailable
   */
  async waitFor(projection: string, position: Position, timeoutMs = this.config.readWaitMs): Promise<void> {
    const { progress } = this;
    const arrived = (): boolean => this.holds(projection, position);
    if (arrived()) return;
    const head = await this.store.head();
    if (position > head) throw new PositionInFuture(position, head);
    this.supervisor.hurry();
    await progress.until(() => arrived() || progress.stopped.has(projection), timeoutMs);
    if (arrived()) return;
    if (progress.stopped.has(projection)) throw new ReadModelBehind(projection, 'has stopped');
    throw new ReadModelBehind(projection, `has not come to position ${position || head} in ${timeoutMs} ms`);
  }

  /**
   * Answers a query from one moment that is not before `atLeast`. What is not found is looked for once more in all that
   * the log holds now: it may only just have been booked.
   * @throws ReadModelBehind, PositionInFuture, StoreUnavailable, and what `read` throws
   */
  async read<Answer extends object>(
    projection: string,
    atLeast: Position | undefined,
    read: (models: ReadModels) => Answer,
  ): Promise<Answer & Freshness> {
    await this.look(projection);
    await this.waitFor(projection, atLeast ?? START);
    try {
      return this.readNow(projection, read);
    } catch (error) {
      await this.catchUpWith(projection, error);
      return this.readNow(projection, read);
    }
  }

  /**
   * The same of all that the log holds now: what is said of a time that is over is not to change.
   * @throws ReadModelBehind, PositionInFuture, StoreUnavailable, and what `read` throws
   */
  async readUpToNow<Answer extends object>(
    projection: string,
    atLeast: Position = START,
    read: (models: ReadModels) => Answer,
  ): Promise<Answer & Freshness> {
    const head = await this.store.head();
    return this.read(projection, atLeast > head ? atLeast : head, read);
  }

  /**
   * The same for a read of one statement, which is of one moment by itself and tells its position by `positionOf`:
   * one call of the driver instead of four, on the queries that come most often. What is remembered from an earlier
   * position holds up to here too, or it would have been forgotten.
   * @throws ReadModelBehind, PositionInFuture, StoreUnavailable, and what `read` throws
   */
  async readAlone<Answer extends object>(
    projection: string,
    atLeast: Position = START,
    read: (models: ReadModels) => ReadAt<Answer>,
  ): Promise<Fresh<Answer>> {
    const waking = this.look(projection);
    if (waking) await waking;
    if (!this.holds(projection, atLeast)) await this.waitFor(projection, atLeast);
    try {
      return this.readAloneNow(projection, read);
    } catch (error) {
      await this.catchUpWith(projection, error);
      return this.readAloneNow(projection, read);
    }
  }

  /**
   * Builds the read models anew beside those in use, and puts them in their place once they are as far.
   * Called again while it runs, it is the same rebuild.
   * @throws Error with the reason why those in use have stayed
   */
  rebuild(): Promise<void> {
    return this.supervisor.rebuild();
  }

  /** The rebuild that runs, or the last one since the service started. */
  get rebuildStatus(): RebuildStatus {
    return this.supervisor.rebuildStatus;
  }

  /** @returns when what was booked until now can be seen; undefined while somebody has been looking */
  private look(projection: string): Promise<void> | undefined {
    if (!this.supervisor.look() && this.ready)
      this.waking = Promise.race([this.wake(projection), delay(WAKE_MS, undefined, { ref: false })]).finally(
        () => (this.waking = undefined),
      );
    return this.waking;
  }

  private async wake(projection: string): Promise<void> {
    try {
      await this.waitFor(projection, await this.store.head(), WAKE_MS);
    } catch {
      // What there is is shown then, as it is to those who look on.
    }
  }

  private readNow<Answer extends object>(
    projection: string,
    read: (models: ReadModels) => Answer,
  ): Answer & Freshness {
    return this.models.atOnce(() => ({
      ...read(this.models),
      position: String(this.models.position(projection)),
      asOf: isoTime(new Date()),
    }));
  }

  private readAloneNow<Answer extends object>(
    projection: string,
    read: (models: ReadModels) => ReadAt<Answer>,
  ): Fresh<Answer> {
    const { answer, position } = read(this.models);
    const reached = this.position(projection);
    return {
      answer,
      position: String(position < reached ? reached : position),
      asOf: isoTime(new Date()),
    };
  }

  /**
   * Nobody is told that something is not there which the log may hold by now.
   * @throws what was thrown, unless it says that something is not there; ReadModelBehind, StoreUnavailable
   */
  private async catchUpWith(projection: string, error: unknown): Promise<void> {
    if (!(error instanceof NotInReadModel || error instanceof Refusal)) throw error;
    await this.waitFor(projection, await this.store.head());
  }

  private holds(projection: string, position: Position): boolean {
    const { progress } = this;
    return position === START ? progress.caughtUp.has(projection) : progress.position(projection) >= position;
  }
}

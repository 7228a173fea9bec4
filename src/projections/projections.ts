import type { Config } from '../config/config.js';
import { START, type EventStore, type Position } from '../event-store/event-store.js';
import { PositionInFuture, ReadModelBehind } from './errors.js';
import type { StoppedProjection } from './messages.js';
import type { Progress } from './progress.js';
import type { RebuildStatus } from './rebuild-status.js';
import type { Supervisor } from './supervisor.js';

/** How far a projection is behind the log. */
export interface ProjectionLag {
  readonly projection: string;
  /** In the embedded store a position is an event. */
  readonly positions: bigint;
  readonly seconds: number;
}

/** How far the read models are, and who waits for them. */
export class Projections {
  private readonly progress: Progress;

  constructor(
    private readonly config: Config,
    private readonly store: EventStore,
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

  /** Whether the read model holds the position; for START, whether it has caught up since the service started. */
  holds(projection: string, position: Position): boolean {
    const { progress } = this;
    return position === START ? progress.caughtUp.has(projection) : progress.position(projection) >= position;
  }
}

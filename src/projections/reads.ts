import { setTimeout as delay } from 'node:timers/promises';
import { START, type EventStore, type Position } from '../event-store/event-store.js';
import { Refusal } from '../ledger/domain/errors.js';
import { isoTime } from '../ledger/seal.js';
import { NotInReadModel } from './errors.js';
import type { Fresh, Freshness } from './freshness.js';
import type { Projections } from './projections.js';
import type { ReadModels } from './read-models.js';
import type { Supervisor } from './supervisor.js';

/** How long the first look after a while waits at most, in milliseconds. */
const WAKE_MS = 100;

/** What was read of the rows, and up to where they held the log. */
export interface ReadAt<Answer extends object> {
  readonly answer: Answer;
  readonly position: Position;
}

/** The door of the read models for queries: each is answered from one moment, and not from before the one it names. */
export class Reads {
  /** What a look waits for when nobody has looked for a while: then the read models gather more before they move. */
  private waking: Promise<void> | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly models: ReadModels,
    private readonly projections: Projections,
    private readonly supervisor: Supervisor,
  ) {}

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
    await this.projections.waitFor(projection, atLeast ?? START);
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
   * The same for a read of one statement, which is of one moment by itself and tells its position: one call of the
   * driver instead of four, on the queries that come most often. What is remembered from an earlier position holds up
   * to here too, or it would have been forgotten.
   * @throws ReadModelBehind, PositionInFuture, StoreUnavailable, and what `read` throws
   */
  async readAlone<Answer extends object>(
    projection: string,
    atLeast: Position = START,
    read: (models: ReadModels) => ReadAt<Answer>,
  ): Promise<Fresh<Answer>> {
    const waking = this.look(projection);
    if (waking) await waking;
    if (!this.projections.holds(projection, atLeast)) await this.projections.waitFor(projection, atLeast);
    try {
      return this.readAloneNow(projection, read);
    } catch (error) {
      await this.catchUpWith(projection, error);
      return this.readAloneNow(projection, read);
    }
  }

  /** @returns when what was booked until now can be seen; undefined while somebody has been looking */
  private look(projection: string): Promise<void> | undefined {
    if (!this.supervisor.look() && this.projections.ready)
      this.waking = Promise.race([this.wake(projection), delay(WAKE_MS, undefined, { ref: false })]).finally(
        () => (this.waking = undefined),
      );
    return this.waking;
  }

  private async wake(projection: string): Promise<void> {
    try {
      await this.projections.waitFor(projection, await this.store.head(), WAKE_MS);
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
    const reached = this.projections.position(projection);
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
    await this.projections.waitFor(projection, await this.store.head());
  }
}

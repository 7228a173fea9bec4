import { setTimeout as delay } from 'node:timers/promises';
import { StoreUnavailable } from '../event-store/errors.js';
import type { Position } from '../event-store/event-store.js';

/** Commands that the index may lack before those who book in bulk have to wait for it: each takes room in memory. */
const MAX_BACKLOG = 50_000;
/** Marks are set so many commands apart. */
const STEP = 1000;
const PAUSE_MS = 10;
/** One wait for so many commands, and a bounded one: an index that has stopped must not stop the bookings. */
const COMMANDS_A_WAIT = 400;
const PATIENCE_MS = 1000;

/** How many commands are booked that the index of keys has not come to; and a place to wait when they are many. */
export class Backlog {
  private booked = 0;
  private indexed = 0;
  /** How many were booked up to a position, oldest first. */
  private readonly marks: { readonly position: Position; readonly booked: number }[] = [];
  private waiting = 0;
  /** Commands let through since the last wait. */
  private passed = 0;
  private last = Promise.resolve();
  private ending = false;

  /** @param reached up to where the index holds the log */
  constructor(
    private readonly reached: () => Position,
    private readonly most = MAX_BACKLOG,
  ) {}

  /** Commands were booked, up to a position. */
  add(commands: number, position: Position): void {
    this.booked += commands;
    const marked = this.marks.at(-1)?.booked ?? this.indexed;
    if (this.booked - marked >= STEP) this.marks.push({ position, booked: this.booked });
  }

  /**
   * Does the work when there is room for more, or after a while, and never before what was asked for earlier.
   * @param commands as many as it books
   * @throws StoreUnavailable when the service ends before
   */
  whenThereIsRoom<Result>(commands: number, work: () => Promise<Result>): Promise<Result> {
    if (this.waiting === 0 && this.depth <= this.most) return work();
    this.waiting += 1;
    const turn = this.last.then(() => this.wait(commands));
    this.last = turn;
    return turn.then(() => {
      this.waiting -= 1;
      if (this.ending && this.depth > this.most) throw new StoreUnavailable('the service is stopping');
      return work();
    });
  }

  /** From now on nobody waits: for whom there is no room is turned away, also of those who wait already. */
  end(): void {
    this.ending = true;
  }

  private async wait(commands: number): Promise<void> {
    this.passed += commands;
    if (this.passed < COMMANDS_A_WAIT) return;
    this.passed -= COMMANDS_A_WAIT;
    const end = performance.now() + PATIENCE_MS;
    while (!this.ending && this.depth > this.most && performance.now() < end) await delay(PAUSE_MS);
  }

  /** Give or take a step. */
  private get depth(): number {
    const reached = this.reached();
    while (this.marks[0] && this.marks[0].position <= reached) this.indexed = this.marks.shift()!.booked;
    return this.booked - this.indexed;
  }
}

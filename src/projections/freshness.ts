import type { Position } from '../event-store/event-store.js';

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

/** An answer beside its age: of what has not changed, the same object again. */
export interface Fresh<Answer extends object> extends Freshness {
  readonly answer: Answer;
}

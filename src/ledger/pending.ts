import type { Asked } from './asked.js';
import type { BookedDecision, Decision } from './speculation.js';

/** Orders that stand or fall together; most often one. */
export interface Pending {
  readonly asked: readonly Asked[];
  /** Whether another one of them could not be read, so that none is booked. */
  readonly broken: boolean;
  /** Races lost so far. */
  attempts: number;
  /** True once the stream's tail has been read after they came in. */
  fresh: boolean;
}

export interface Decided {
  readonly pending: Pending;
  /** One for each of its orders. */
  readonly decisions: readonly Decision[];
}

export const bookedIn = ({ decisions }: Decided): BookedDecision[] =>
  decisions.filter((decision) => decision.kind === 'booked');

export const isRefused = ({ kind }: Decision): boolean => kind === 'refused';

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

/** What is to be appended for a batch. */
export function bookedIn(batch: readonly Decided[]): BookedDecision[] {
  const booked: BookedDecision[] = [];
  for (const { decisions } of batch)
    for (const decision of decisions) if (decision.kind === 'booked') booked.push(decision);
  return booked;
}

export const isRefused = ({ kind }: Decision): boolean => kind === 'refused';

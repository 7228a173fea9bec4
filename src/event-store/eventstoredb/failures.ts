import {
  AccessDeniedError,
  DeadlineExceededError,
  InvalidArgumentError,
  MaxAppendSizeExceededError,
  NotLeaderError,
  RequiredMetadataPropertyMissingError,
  StreamDeletedError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { LogRestored, OutcomeUnknown, reasonOf, StoreUnavailable, StreamDamaged } from '../errors.js';

/** The adapter's own clock ran out: an answer may still come, and nobody will hear it. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** What had to come before it failed: nothing was sent. */
export class NotSent extends Error {
  override readonly name = 'NotSent';
}

/** A call that carried several appends broke off: which of them the server had taken is not known. */
export class CallBroken extends Error {
  override readonly name = 'CallBroken';
}

/**
 * What a failed try to append says:
 * - `conflict`: the stream was not at the expected revision
 * - `refused`: not written, and never will be
 * - `not-written`: surely not written by this try; another may succeed
 * - `unknown`: it may have been written, or may yet be
 */
export type Verdict = 'conflict' | 'refused' | 'not-written' | 'unknown';

const FINAL = [
  AccessDeniedError,
  InvalidArgumentError,
  MaxAppendSizeExceededError,
  RequiredMetadataPropertyMissingError,
  StreamDeletedError,
];

const NEVER_CONNECTED = /No connection established|Name resolution failed/i;
/** A node that has lost the others says so, for as long as they are apart, although they may have a leader by then. */
const LEADERLESS = /No leader info|Server Is Not Ready/i;

/** The client found no server, or the server turned the request away before it did anything. */
const NEVER_BEGUN = [NEVER_CONNECTED, LEADERLESS, /Failed to discover after|Server Is (Too )?Busy/i];

/** What is not recognised counts as unknown: that costs a repetition, the opposite would cost a booking. */
export function verdictOf(error: unknown): Verdict {
  if (error instanceof WrongExpectedVersionError) return 'conflict';
  if (error instanceof LogRestored || FINAL.some((type) => error instanceof type)) return 'refused';
  if (error instanceof CallBroken) return 'unknown';
  if (error instanceof NotLeaderError || error instanceof NotSent) return 'not-written';
  return NEVER_BEGUN.some((words) => words.test(reasonOf(error))) ? 'not-written' : 'unknown';
}

/** A call that fails so was never begun, and nothing that was to go on it was sent. */
export const neverConnected = (error: Error): boolean => NEVER_CONNECTED.test(error.message);

/** When it goes on so, another node may do better. */
export const isOutOfService = (error: unknown): boolean =>
  error instanceof NoAnswer || error instanceof DeadlineExceededError || LEADERLESS.test(reasonOf(error));

/** The server's answer to a position where no event begins: of reads in one word, of subscriptions in two. */
export const isInvalidPosition = (error: unknown): boolean => /invalid ?position/i.test(reasonOf(error));

export const deleted = (stream: string, cause: unknown): StreamDamaged =>
  new StreamDamaged(`the stream ${stream} was deleted in EventStoreDB`, { cause });

/**
 * What is told of something that was tried in vain.
 * @param error of the last try
 * @param doubt the first error that left it open whether it was done, if there was one
 */
export function failureOf(
  deed: 'append to' | 'delete',
  stream: string,
  error: unknown,
  doubt: unknown,
): StoreUnavailable | OutcomeUnknown {
  if (doubt)
    return new OutcomeUnknown(
      `EventStoreDB did not say whether it could ${deed} ${stream}: ${reasonOf(doubt)}`,
      { cause: doubt },
    );
  if (error instanceof LogRestored) return error;
  if (error instanceof StreamDeletedError) return deleted(stream, error);
  return new StoreUnavailable(`EventStoreDB cannot ${deed} ${stream}: ${reasonOf(error)}`, { cause: error });
}

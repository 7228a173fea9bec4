import type { StreamRevision } from './event-store.js';

/** The stream was not at the expected revision. Nothing was written. */
export class RevisionConflict extends Error {
  override readonly name = 'RevisionConflict';
  constructor(
    readonly stream: string,
    readonly expectedRevision: StreamRevision,
    readonly actualRevision: StreamRevision,
  ) {
    super(`${stream} is at ${actualRevision}, not at the expected ${expectedRevision}`);
  }
}

/** The store cannot do it now. Surely nothing was written. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** Somebody has deleted the stream, or hidden or changed events of it. Trying again does not help: an operator has to. */
export class StreamDamaged extends StoreUnavailable {}

/**
 * The log lacks what was read from it, or acknowledged: its server was restored to an earlier state. Whoever remembers
 * anything of it has to begin anew.
 */
export class LogRestored extends StoreUnavailable {}

/** The store could not say whether the events were written. Never to be reported as a failure (promise 9). */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown';
}

/** What went wrong, for people: anything may be thrown, and several errors of EventStoreDB's client have no message. */
export const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message || error.constructor.name : String(error);

/** How the adapter behaves; tests shorten the times. */
export interface Settings {
  /**
   * Streams whose names begin with one of these are the ledger's; the rest of the log is passed over.
   * With none, every stream is but the system's own.
   */
  readonly prefixes: readonly string[];
  /** How long one try may take, and a read from event to event, in milliseconds. Above the server's own 2 s, so that its answer is heard. */
  readonly tryMs: number;
  /** How long an operation is tried again, in milliseconds. Above the time a cluster takes for a new leader. */
  readonly patienceMs: number;
  /** First and longest pause between two tries, in milliseconds; each is shortened at random. */
  readonly pauseMs: { readonly first: number; readonly longest: number };
  /** After how long without an event or a checkpoint the follower subscribes again, in milliseconds. */
  readonly quietMs: number;
  /** Calls of one kind on their way at once; a connection carries 100. */
  readonly concurrency: number;
  /** Appends on their way at once. They share a call, and are in doubt together when it breaks. */
  readonly appends: number;
  /** Events a read fetches at once. */
  readonly pageSize: number;
}

export const DEFAULT_SETTINGS: Settings = {
  prefixes: ['mainAccount-', 'profile-'],
  tryMs: 5_000,
  patienceMs: 20_000,
  pauseMs: { first: 50, longest: 2_000 },
  quietMs: 30_000,
  concurrency: 64,
  appends: 256,
  pageSize: 1000,
};

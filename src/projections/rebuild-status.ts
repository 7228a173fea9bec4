/** The rebuild of the read models that runs, or the last one that ran since the service started. Times are UTC, RFC 3339. */
export type RebuildStatus =
  | { readonly state: 'none' }
  | { readonly state: 'running'; readonly startedAt: string }
  | { readonly state: 'done'; readonly startedAt: string; readonly endedAt: string }
  | {
      readonly state: 'failed';
      readonly startedAt: string;
      readonly endedAt: string;
      readonly reason: string;
    };

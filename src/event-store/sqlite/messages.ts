import type { NewEvent, StreamRevision } from '../event-store.js';
import type { PackedAppends } from './packed-appends.js';

export interface AppendRequest {
  readonly stream: string;
  readonly events: readonly NewEvent[];
  readonly expectedRevision: StreamRevision;
}

/** What became of a request: the position of its last event, or why it was not appended. */
export type AppendResult = number | AppendFailure;

type AppendFailure =
  | { readonly kind: 'conflict'; readonly actualRevision: StreamRevision }
  | { readonly kind: 'unavailable'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** To the worker: appends in their order, or one of the other wishes. */
export type Wish = PackedAppends | { readonly erase: string } | 'check' | 'moved' | 'close';

/** From the worker, in the order of the wishes: first whether the log is open, then results and verdicts. */
export type Answer =
  | { readonly kind: 'open' }
  | { readonly kind: 'results'; readonly results: readonly AppendResult[] }
  | { readonly kind: 'fault'; readonly reason: string | undefined };

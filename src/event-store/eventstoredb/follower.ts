import type { Subscription } from '@eventstore/db-client/dist/streams/utils/Subscription.js';
import { StoreUnavailable, reasonOf } from '../errors.js';
import type { LogBatch, Position } from '../event-store.js';
import type { Connection } from './connection.js';
import { verdictOf } from './failures.js';
import type { HeadSearch } from './head-search.js';
import { Hiding, prefixesOfMetadata } from './hiding.js';
import type { LogReader } from './log-reader.js';
import { recognise } from './newest-seen.js';
import { Patience, pause, pauseMs } from './patience.js';
import { placeAt, subscribe } from './read-calls.js';
import type { Settings } from './settings.js';
import { toRecorded, type Mark, type StoredEvent } from './stored-event.js';

/** Events that wait in memory for a slow consumer; beyond them the server is made to wait. */
const BUFFER = 512;

/**
 * Follows the log: subscribes to `$all`, and again from the last event delivered whenever that breaks.
 * Only positions of delivered events count. The server's checkpoints and its word that the end is
 * reached run ahead of what has been consumed, so neither is used; a checkpoint is but a sign of life.
 */
export class Follower {
  constructor(
    private readonly connection: Connection,
    private readonly reader: LogReader,
    private readonly heads: HeadSearch,
    private readonly settings: Settings,
  ) {}

  /** @throws StoreUnavailable for a fault that does not pass, such as a log that was restored to an earlier state */
  async *follow(after: Position, signal: AbortSignal): AsyncGenerator<LogBatch> {
    let position = after;
    /** Stands at that position, once it is known. */
    let last: Pick<Mark, 'id' | 'stream'> | undefined;
    const hiding = new Hiding();
    let faults = 0;
    let lasting: Patience | undefined;
    while (!signal.aborted)
      try {
        last = await recognise((at) => this.reader.firstAt(at), position, last);
        const end = await this.heads.find();
        if (position >= end) yield { events: [], position, live: true };
        for await (const arrived of this.subscribe(position, signal)) {
          const events = arrived
            .filter((event) => this.reader.isOurs(event.stream) && event.position > position)
            .map(toRecorded);
          const hidden = hiding.hiddenBy(arrived);
          const newest = events.at(-1);
          if (newest) {
            position = newest.position;
            last = { id: newest.id, stream: newest.stream };
          }
          if (events.length > 0 || hidden.length > 0)
            yield { events, position, live: position >= end, hidden };
          faults = 0;
          lasting = undefined;
        }
        faults = 0;
        lasting = undefined;
      } catch (error) {
        if (signal.aborted) return;
        if (!mayPass(error)) {
          // Other faults in between do not make it pass: a server that was restored may have to be found again first.
          lasting ??= new Patience(this.settings, signal);
          if (lasting.spent)
            throw new StoreUnavailable(`cannot follow the log: ${reasonOf(error)}`, { cause: error });
        }
        await pause(pauseMs(this.settings, faults++), signal);
      }
  }

  /**
   * What arrives, as much as there is each time, until the signal ends it. It also ends when no sign of life has
   * come for long: a subscription that the server has forgotten looks no different.
   * @throws the client's errors
   */
  private async *subscribe(after: Position, signal: AbortSignal): AsyncGenerator<readonly StoredEvent[]> {
    const { client, options } = this.connection;
    const { prefixes, quietMs } = this.settings;
    let wake: (() => void) | undefined;
    const subscription = subscribe(
      client,
      options,
      placeAt(after),
      [...prefixes, ...prefixesOfMetadata(prefixes)],
      BUFFER,
      () => wake?.(),
    );
    /** Why no more will come; undefined while more may. */
    let over: Error | 'quiet' | undefined;
    const end = (reason: Error | 'quiet'): void => {
      over ??= reason;
      wake?.();
    };
    const onAbort = (): void => wake?.();
    subscription.on('readable', () => wake?.());
    subscription.on('error', end);
    subscription.on('end', () => end(new Error('the server ended the subscription')));
    signal.addEventListener('abort', onAbort);
    try {
      while (!signal.aborted) {
        const arrived = drain(subscription);
        if (arrived.length > 0) {
          yield arrived;
          continue;
        }
        if (over === 'quiet') return;
        if (over) throw over;
        const timer = setTimeout(() => end('quiet'), quietMs);
        await new Promise<void>((resolve) => (wake = resolve));
        clearTimeout(timer);
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      subscription.unsubscribe().catch(() => {});
    }
  }
}

const mayPass = (error: unknown): boolean =>
  !(error instanceof StoreUnavailable) && verdictOf(error) !== 'refused';

function drain(subscription: Subscription<StoredEvent>): StoredEvent[] {
  const events: StoredEvent[] = [];
  for (;;) {
    const event = subscription.read() as StoredEvent | null;
    if (event === null) return events;
    events.push(event);
  }
}

import {
  excludeSystemEvents,
  streamNameFilter,
  type AllStreamResolvedEvent,
  type AllStreamSubscription,
} from '@eventstore/db-client';
import { StoreUnavailable } from '../errors.js';
import type { LogBatch, Position } from '../event-store.js';
import type { Connection } from './connection.js';
import { toLogPosition, toRecorded } from './events.js';
import { reasonOf, verdictOf } from './failures.js';
import type { LogReader } from './log-reader.js';
import { Patience, pause, pauseMs } from './patience.js';
import type { Settings } from './settings.js';

/** Events that wait in memory for a slow consumer; beyond them the server is made to wait. */
const BUFFER = 512;

/**
 * Follows the log: subscribes to `$all`, and again from the last event delivered whenever that breaks.
 * Only positions of delivered events count. The server's checkpoints and its word that the end is
 * reached run ahead of what has been consumed, so neither is used.
 */
export class Follower {
  constructor(
    private readonly connection: Connection,
    private readonly reader: LogReader,
    private readonly settings: Settings,
  ) {}

  /** @throws StoreUnavailable for a fault that does not pass, such as a log that ends before the position */
  async *follow(after: Position, signal: AbortSignal): AsyncGenerator<LogBatch> {
    let position = after;
    let faults = 0;
    let lasting: Patience | undefined;
    while (!signal.aborted)
      try {
        const end = await this.endOfLog(position);
        if (end === position) yield { events: [], position, live: true };
        for await (const arrived of this.subscribe(position, signal)) {
          const events = arrived
            .filter(({ event }) => this.reader.isOurs(event?.streamId))
            .map(toRecorded)
            .filter((event) => event.position > position);
          position = events.at(-1)?.position ?? position;
          if (events.length > 0) yield { events, position, live: position >= end };
          faults = 0;
          lasting = undefined;
        }
      } catch (error) {
        if (signal.aborted) return;
        if (mayPass(error)) lasting = undefined;
        else lasting ??= new Patience(this.settings, signal);
        if (lasting?.spent)
          throw new StoreUnavailable(`cannot follow the log: ${reasonOf(error)}`, { cause: error });
        await pause(pauseMs(this.settings, faults++), signal);
      }
  }

  /** The server delivers nothing, and says nothing, to who asks for what comes after a position beyond the end. */
  private async endOfLog(position: Position): Promise<Position> {
    const end = await this.reader.findHead();
    if (end < position)
      throw new StoreUnavailable(
        `the log ends at ${end}, before ${position}: it was restored to an earlier state`,
      );
    return end;
  }

  /**
   * What arrives, as much as there is each time, until the signal ends it. It also ends when nothing has come
   * for long: a subscription that the server has forgotten looks no different.
   * @throws the client's errors
   */
  private async *subscribe(
    after: Position,
    signal: AbortSignal,
  ): AsyncGenerator<readonly AllStreamResolvedEvent[]> {
    const { client, options } = this.connection;
    const { prefixes, quietMs } = this.settings;
    const filter =
      prefixes.length > 0 ? streamNameFilter({ prefixes: [...prefixes] }) : excludeSystemEvents();
    const subscription = client.subscribeToAll(
      { ...options, fromPosition: toLogPosition(after), filter },
      { highWaterMark: BUFFER },
    );
    /** Why no more will come; undefined while more may. */
    let over: Error | 'quiet' | undefined;
    let wake: (() => void) | undefined;
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

function drain(subscription: AllStreamSubscription): AllStreamResolvedEvent[] {
  const events: AllStreamResolvedEvent[] = [];
  for (;;) {
    const event = subscription.read() as AllStreamResolvedEvent | null;
    if (event === null) return events;
    events.push(event);
  }
}

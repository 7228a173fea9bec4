import { setMaxListeners } from 'node:events';
import type { Config } from '../../config/config.js';
import { LogRestored, StoreUnavailable, reasonOf } from '../errors.js';
import {
  EventStore,
  type LogBatch,
  type NewEvent,
  type Position,
  type RecordedEvent,
} from '../event-store.js';
import type { PackedEvents } from '../packed-events.js';
import { Appender } from './appender.js';
import { Connection } from './connection.js';
import { Deleter } from './deleter.js';
import { Follower } from './follower.js';
import { HeadSearch } from './head-search.js';
import { LogReader } from './log-reader.js';
import { DEFAULT_SETTINGS, type Settings } from './settings.js';

/**
 * An EventStoreDB or KurrentDB server, or a cluster of them. Opens although no server answers: a replica
 * may start before its database, and `check` says how things are.
 * @param settings what differs from the default
 * @throws StoreUnavailable the connection string cannot be used
 */
export async function openEventStoreDb(
  config: Pick<Config, 'eventStoreDbUrl'>,
  settings: Partial<Settings> = {},
): Promise<EventStore> {
  if (!config.eventStoreDbUrl) throw new StoreUnavailable('LEDGER_EVENTSTOREDB_URL is not set');
  return new EventStoreDbEventStore(config.eventStoreDbUrl, { ...DEFAULT_SETTINGS, ...settings });
}

class EventStoreDbEventStore extends EventStore {
  readonly exclusive = false;
  private readonly closing = new AbortController();
  private readonly connections: readonly Connection[];
  private closed: Promise<void> | undefined;
  private readonly appender: Appender;
  private readonly deleter: Deleter;
  private readonly reader: LogReader;
  private readonly heads: HeadSearch;
  private readonly follower: Follower;

  constructor(url: string, settings: Settings) {
    super();
    // A connection carries a bounded number of calls, and none of the three kinds may starve the others.
    const [appends, reads, follows] = [new Connection(url), new Connection(url), new Connection(url)];
    const { signal } = this.closing;
    // Each operation that waits listens to it.
    setMaxListeners(0, signal);
    this.connections = [appends, reads, follows];
    this.reader = new LogReader(reads, settings, signal);
    this.appender = new Appender(appends, this.reader, settings, signal);
    this.deleter = new Deleter(appends, this.reader, settings, signal);
    this.heads = new HeadSearch(this.reader, settings.pageSize);
    this.follower = new Follower(follows, this.reader, this.heads, settings);
  }

  async append(
    stream: string,
    events: readonly NewEvent[],
    expected: number | 'no-stream',
  ): Promise<Position> {
    try {
      return await this.appender.append(stream, events, expected);
    } catch (error) {
      if (error instanceof LogRestored) this.onRestored(error.message);
      throw error;
    }
  }

  readStream(stream: string, from = 0): AsyncIterable<readonly RecordedEvent[]> {
    return this.reader.stream(stream, from);
  }

  /** A read cannot begin before it: positions are bytes. */
  override eventAt(position: Position): Promise<RecordedEvent | undefined> {
    return this.reader.patiently(() => this.reader.at(position));
  }

  readAll(after: Position): AsyncIterable<readonly RecordedEvent[]> {
    return this.reader.all(after);
  }

  /** As they came: no text is made of them here. */
  override readPacked(after: Position): AsyncIterable<PackedEvents> {
    return this.reader.packed(after);
  }

  follow(after: Position, signal: AbortSignal): AsyncIterable<LogBatch> {
    return this.follower.follow(after, AbortSignal.any([signal, this.closing.signal]));
  }

  head(): Promise<Position> {
    return this.reader.patiently(() => this.heads.find());
  }

  protected erase(stream: string): Promise<void> {
    return this.deleter.delete(stream);
  }

  async check(): Promise<void> {
    try {
      await this.reader.lastBefore('end', 1);
    } catch (error) {
      throw new StoreUnavailable(`EventStoreDB does not answer: ${reasonOf(error)}`, { cause: error });
    }
  }

  close(): Promise<void> {
    return (this.closed ??= this.end());
  }

  /** Tries on their way are heard out; nothing is tried again. */
  private async end(): Promise<void> {
    this.closing.abort();
    await Promise.all([this.appender.close(), this.deleter.close(), this.reader.close()]);
    for (const connection of this.connections) connection.close();
  }
}

import {
  EventStore,
  type LogBatch,
  type NewEvent,
  type Position,
  type RecordedEvent,
  type StreamRevision,
} from '../event-store.js';
import { FileOwner } from './file-owner.js';
import { SqliteEventReader } from './sqlite-event-reader.js';
import { WriterThread } from './writer-thread.js';

/**
 * The log in one SQLite file that this process owns alone. A worker thread writes it, so that waiting for the
 * disk never holds up the event loop; reading a page is quick and done here.
 */
export class SqliteEventStore extends EventStore {
  readonly exclusive = true;
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly owner: FileOwner,
    private readonly writer: WriterThread,
    private readonly reader: SqliteEventReader,
  ) {
    super();
  }

  /** Opens the log, which is made when it is missing. Its directory must exist. @throws StoreUnavailable */
  static async open(file: string): Promise<SqliteEventStore> {
    const owner = FileOwner.claim(file);
    let writer: WriterThread | undefined;
    try {
      writer = await WriterThread.start(file);
      return new SqliteEventStore(owner, writer, SqliteEventReader.open(file));
    } catch (error) {
      await writer?.close();
      owner.release();
      throw error;
    }
  }

  append(stream: string, events: readonly NewEvent[], expectedRevision: StreamRevision): Promise<Position> {
    return this.writer.append({ stream, events, expectedRevision });
  }

  override atOnce<Result>(work: () => Result): Result {
    return this.reader.atOnce(work);
  }

  readStream(stream: string, from?: number): AsyncIterable<readonly RecordedEvent[]> {
    return this.reader.readStream(stream, from);
  }

  readAll(after: Position): AsyncIterable<readonly RecordedEvent[]> {
    return this.reader.readAll(after);
  }

  follow(after: Position, signal: AbortSignal): AsyncIterable<LogBatch> {
    return this.reader.follow(after, signal);
  }

  head(): Promise<Position> {
    return this.reader.head();
  }

  protected erase(stream: string): Promise<void> {
    return this.writer.erase(stream);
  }

  check(): Promise<void> {
    return this.writer.check();
  }

  close(): Promise<void> {
    this.closing ??= this.letGo();
    return this.closing;
  }

  private async letGo(): Promise<void> {
    await this.writer.close();
    await this.reader.close();
    this.owner.release();
  }
}

import {
  EventStore,
  type LogBatch,
  type NewEvent,
  type Position,
  type RecordedEvent,
  type StreamRevision,
} from '../../src/event-store/event-store.js';

type Append = () => Promise<Position>;

/** A real store whose appends a test can watch, hold up or break, and that may pose as one which others write to. */
export class FaultyStore extends EventStore {
  /** The number of events of each append that reached the store. */
  readonly appends: number[] = [];
  /** Called instead of each append; `append` does it. */
  onAppend: (append: Append) => Promise<Position> = (append) => append();
  onCheck: (check: () => Promise<void>) => Promise<void> = (check) => check();

  constructor(
    private readonly inner: EventStore,
    override readonly exclusive = true,
  ) {
    super();
  }

  append(stream: string, events: readonly NewEvent[], expected: StreamRevision): Promise<Position> {
    return this.onAppend(async () => {
      this.appends.push(events.length);
      return this.inner.append(stream, events, expected);
    });
  }

  readStream(stream: string, from?: number): AsyncIterable<readonly RecordedEvent[]> {
    return this.inner.readStream(stream, from);
  }

  readAll(after: Position): AsyncIterable<readonly RecordedEvent[]> {
    return this.inner.readAll(after);
  }

  override eventAt(position: Position): Promise<RecordedEvent | undefined> {
    return this.inner.eventAt(position);
  }

  follow(after: Position, signal: AbortSignal): AsyncIterable<LogBatch> {
    return this.inner.follow(after, signal);
  }

  head(): Promise<Position> {
    return this.inner.head();
  }

  protected erase(stream: string): Promise<void> {
    return this.inner.deleteStream(stream);
  }

  check(): Promise<void> {
    return this.onCheck(() => this.inner.check());
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  /** Holds every append until `release` is called, then lets them go. */
  hold(): { readonly release: () => void } {
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    this.onAppend = (append) => gate.then(append);
    // What comes after the release goes through the gate too: a store keeps the order of what it is given.
    return { release: () => open() };
  }
}

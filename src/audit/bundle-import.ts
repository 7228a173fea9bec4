import {
  MAX_APPEND,
  START,
  type EventStore,
  type NewEvent,
  type RecordedEvent,
} from '../event-store/event-store.js';
import { mainAccountIdOf } from '../ledger/streams.js';

/** Events are missing in what is imported, or the store holds something else. */
export class CannotImport extends Error {
  override readonly name = 'CannotImport';
}

/** Appends on their way at a time, where they are written in the order in which they were sent. */
const WINDOW = 256;

/**
 * Appends the bundle's events in their order, so that ids, hashes, keys and the Merkle tree come back the same.
 * What the store has of them already, from an import that was broken off, is passed over.
 * @param pages the bundle's events, or another source's; all of the ledger
 * @returns the number of events that were written
 * @throws CannotImport, StoreUnavailable, OutcomeUnknown; then call it again
 */
export async function importEvents(
  store: EventStore,
  pages: AsyncIterable<readonly RecordedEvent[]>,
  onProgress?: (events: number) => void,
): Promise<number> {
  const stored = storedEvents(store);
  const revisions = new Map<string, number>();
  const window = new Window(store.exclusive ? WINDOW : 1);
  let batch: RecordedEvent[] = [];
  let [seen, written] = [0, 0];
  const send = async () => {
    const sent = batch;
    batch = [];
    await window.add(() => append(store, sent));
  };
  for await (const page of pages) {
    for (const event of page) {
      requireNext(event, revisions);
      const existing = (await stored.next()).value;
      if (existing) requireSame(existing, event);
      else {
        if (batch.length === MAX_APPEND || (batch[0] && batch[0].stream !== event.stream)) await send();
        batch.push(event);
        written += 1;
      }
    }
    seen += page.length;
    onProgress?.(seen);
  }
  if ((await stored.next()).value) throw new CannotImport('the store holds more than the bundle');
  await send();
  await window.drain();
  return written;
}

/** What the store holds of the ledger, in order of the log. */
async function* storedEvents(store: EventStore): AsyncGenerator<RecordedEvent, undefined> {
  for await (const page of store.readAll(START))
    for (const event of page) if (mainAccountIdOf(event.stream) !== undefined) yield event;
}

/** @param revisions of the events before it, the last of each stream */
function requireNext({ stream, revision }: RecordedEvent, revisions: Map<string, number>): void {
  const next = (revisions.get(stream) ?? -1) + 1;
  if (revision !== next)
    throw new CannotImport(
      `${stream} goes on at revision ${revision}, but revision ${next} is missing in what is imported: ` +
        'somebody has removed events there',
    );
  revisions.set(stream, revision);
}

function requireSame(stored: RecordedEvent, event: RecordedEvent): void {
  const same =
    stored.id === event.id &&
    stored.stream === event.stream &&
    stored.revision === event.revision &&
    stored.type === event.type &&
    stored.data === event.data &&
    stored.metadata === event.metadata;
  if (!same)
    throw new CannotImport(
      `the store is not empty, and what it holds is not the bundle's: ${stored.stream} revision ${stored.revision}. ` +
        'If an import into it failed, events may be missing: empty the store and import again',
    );
}

async function append(store: EventStore, events: readonly RecordedEvent[]): Promise<void> {
  const [first] = events;
  if (!first) return;
  const fresh: NewEvent[] = events.map(({ id, type, data, metadata }) => ({ id, type, data, metadata }));
  await store.append(first.stream, fresh, first.revision === 0 ? 'no-stream' : first.revision - 1);
}

/** Lets a number of appends be on their way at once, until one fails: what comes after it would leave a gap. */
class Window {
  private readonly running: Promise<void>[] = [];
  private failed = false;

  constructor(private readonly size: number) {}

  async add(start: () => Promise<void>): Promise<void> {
    if (this.running.length >= this.size) await this.running.shift();
    if (this.failed) await this.drain();
    const run = start();
    // Thrown where the append is waited for; until then it must not count as unhandled.
    run.catch(() => (this.failed = true));
    this.running.push(run);
  }

  async drain(): Promise<void> {
    for (const run of this.running.splice(0)) await run;
  }
}

import { START, type Position } from '../event-store.js';
import type { LogReader } from './log-reader.js';
import type { Mark, PlacedMark } from './stored-event.js';

/** Events at the end of the log among which the ledger's last event is looked for first. */
const TAIL = 32;

/** The last event of the log when a search began, and what it found from there. */
interface Seen {
  readonly last: Mark | undefined;
  readonly head: Promise<Position>;
}

/**
 * Looks for the ledger's last event from the end of the log backwards. Where others fill the log that may be far, so
 * a search goes no further than where an earlier one began, which may still be on its way, and takes what that finds.
 */
export class HeadSearch {
  private done: Seen = { last: undefined, head: Promise.resolve(START) };
  private latest = this.done;

  constructor(
    private readonly reader: LogReader,
    private readonly pageSize: number,
  ) {}

  /** @returns the position of the ledger's last event as of now @throws the client's errors */
  async find(): Promise<Position> {
    const page = await this.reader.lastBefore('end', TAIL);
    const before = this.latest;
    const [last] = page;
    const search: Seen = { last, head: this.search(page, before) };
    this.latest = search;
    try {
      const head = await search.head;
      this.done = search;
      return head;
    } catch (error) {
      // What rests on this search fails with it; the next rests on one that did not.
      this.latest = this.done;
      throw error;
    }
  }

  private async search(newest: readonly PlacedMark[], before: Seen): Promise<Position> {
    let page = newest;
    for (let size = TAIL; ; size = this.pageSize) {
      const ours = page.find(({ stream }) => this.reader.isOurs(stream));
      if (ours) {
        this.reader.seen.note(ours);
        return ours.position;
      }
      if (page.some((event) => isSame(event, before.last))) return before.head;
      const oldest = page.at(-1);
      if (!oldest || page.length < size) return START;
      page = await this.reader.lastBefore(oldest.place, this.pageSize);
    }
  }
}

/** After a restore another event may stand at the position, and an id may come twice. */
const isSame = (event: Mark, other: Mark | undefined): boolean =>
  event.id === other?.id && event.position === other.position;

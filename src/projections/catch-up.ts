import type { Position } from '../event-store/event-store.js';
import type { LogFields } from './messages.js';

const TELL_EVERY_MS = 3000;

/** The way to the end of the log since the thread started: a line every few seconds until it is reached. */
export class CatchUp {
  /** Whether the end has been reached once. */
  over = false;
  private total = 0;
  private readonly began = performance.now();
  private told = this.began;

  /**
   * @param head where the log ended as it began
   * @param tell told of the way made
   * @param onLong told with every line after which more than half of the log is still to come
   */
  constructor(
    private readonly head: Position,
    private readonly tell: (message: string, fields: LogFields) => void,
    private readonly onLong?: () => void,
  ) {}

  /** So many more events were applied, up to a position; at the end of the log or not. */
  count(events: number, position: Position, live: boolean): void {
    this.over = live;
    this.total += events;
    const now = performance.now();
    if (!live && now - this.told < TELL_EVERY_MS) return;
    this.told = now;
    this.tell(live ? 'read models have reached the end of the log' : 'read models catching up', {
      events: this.total,
      eventsPerSecond: Math.round((this.total * 1000) / (now - this.began || 1)),
      position: String(position),
      head: String(this.head),
    });
    if (!live && position * 2n < this.head) this.onLong?.();
  }
}

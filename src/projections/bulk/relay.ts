import type { MessagePort } from 'node:worker_threads';
import { reasonOf } from '../../event-store/errors.js';
import { START, type EventReader, type Position, type RecordedEvent } from '../../event-store/event-store.js';
import { unpackEvents, type PackedEvents } from '../../event-store/packed-events.js';

/** What a build needs of a log. */
export type LogToBuild = Pick<EventReader, 'head' | 'readAll' | 'close'>;

/** Pages that the thread may have before it. */
const MOST_AHEAD = 4;

type Told =
  { readonly head: Position } | { readonly page: PackedEvents } | { readonly failed: string } | 'end';

/**
 * Reads the log up to where it ends now for another thread, a page as soon as that has not too many before it. Never
 * rejects: what fails it is told.
 */
export async function relayLog(openReader: () => Promise<EventReader>, port: MessagePort): Promise<void> {
  const taker = new Taker(port);
  try {
    const reader = await openReader();
    try {
      const head = await reader.head();
      taker.tell({ head });
      for await (const page of reader.readPacked(START)) {
        taker.tell({ page }, [page.bytes.buffer]);
        await taker.hasRoom();
        if (page.positions.at(-1)! >= head || taker.gone) break;
      }
      taker.tell('end');
    } finally {
      await reader.close();
    }
  } catch (error) {
    taker.tell({ failed: reasonOf(error) });
  }
  port.close();
}

/** An end of a channel, which can be waited at. */
class End {
  /** Whether there is no other end any more. */
  gone = false;
  private wake = (): void => undefined;

  /** @param hear told what arrives */
  constructor(
    readonly port: MessagePort,
    hear: (message: unknown) => void,
  ) {
    port.on('message', (message: unknown) => {
      hear(message);
      this.wake();
    });
    port.on('close', () => {
      this.gone = true;
      this.wake();
    });
  }

  /** Resolves when something has arrived, or the other end has gone. */
  change(): Promise<void> {
    return new Promise((resolve) => (this.wake = resolve));
  }
}

/** The thread that pages are sent to. */
class Taker {
  private ahead = 0;
  private readonly end: End;

  constructor(port: MessagePort) {
    this.end = new End(port, () => (this.ahead -= 1));
  }

  get gone(): boolean {
    return this.end.gone;
  }

  /** @param handed what is the taker's from now on */
  tell(told: Told, handed: ArrayBuffer[] = []): void {
    this.ahead += 1;
    this.end.port.postMessage(told, handed);
  }

  async hasRoom(): Promise<void> {
    while (!this.gone && this.ahead > MOST_AHEAD) await this.end.change();
  }
}

/** A log that another thread reads for this one, once and from its beginning. */
export class RelayedLog implements LogToBuild {
  private readonly arrived: Told[] = [];
  private readonly end: End;

  constructor(port: MessagePort) {
    this.end = new End(port, (told) => this.arrived.push(told as Told));
  }

  /** To be asked first, if at all. @throws Error with why the log cannot be read */
  async head(): Promise<Position> {
    const told = await this.next();
    if (told === 'end' || !('head' in told)) throw new TypeError('where the log ends is told first');
    return told.head;
  }

  /** All of it. @throws likewise */
  async *readAll(): AsyncGenerator<readonly RecordedEvent[], void> {
    try {
      for (let told = await this.next(); told !== 'end'; told = await this.next())
        if ('page' in told) yield* unpackEvents(told.page);
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    this.end.port.close();
  }

  private async next(): Promise<Exclude<Told, { readonly failed: string }>> {
    while (this.arrived.length === 0 && !this.end.gone) await this.end.change();
    const told = this.arrived.shift();
    if (told === undefined) throw new Error('the thread that reads the log has ended');
    this.end.port.postMessage('taken');
    if (told !== 'end' && 'failed' in told) throw new Error(told.failed);
    return told;
  }
}

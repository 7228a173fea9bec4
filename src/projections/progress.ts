import { START, type Position } from '../event-store/event-store.js';
import type { Positions, StoppedProjection, ThreadMessage } from './messages.js';

/** How far a thread has brought the read models, as far as it has told. */
export class Progress {
  positions: Positions = new Map();
  /** Whether the end of the log was reached since the thread started. */
  live = false;
  /** The projections that have ever been at the end of the log: one that stops on its way there has not. */
  readonly caughtUp = new Set<string>();
  readonly stopped = new Map<string, StoppedProjection>();
  /** Since when, as far as somebody noticed, a projection has been behind the log. */
  private readonly behindSince = new Map<string, number>();
  private readonly listeners = new Set<() => void>();

  position(projection: string): Position {
    return this.positions.get(projection) ?? START;
  }

  hear(message: ThreadMessage): void {
    if (message.kind === 'stopped') this.stopped.set(message.at.projection, message.at);
    else if (message.kind === 'opened') this.positions = message.positions;
    else if (message.kind === 'progress') this.advance(message);
    else return;
    for (const listener of this.listeners) listener();
  }

  /** A new thread starts: what stopped is tried again. */
  restart(): void {
    this.live = false;
    this.stopped.clear();
  }

  /** @returns what ends the listening */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Resolves when the condition holds, or when the time is over. */
  async until(condition: () => boolean, timeoutMs?: number): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve) => {
      const timer = timeoutMs === undefined ? undefined : setTimeout(() => end(), timeoutMs);
      const stop = this.onChange(() => condition() && end());
      const end = (): void => {
        clearTimeout(timer);
        stop();
        resolve();
      };
    });
  }

  /** For how many seconds a projection has been behind the head of the log; 0 when it is there. */
  secondsBehind(projection: string, head: Position): number {
    if (this.position(projection) >= head) this.behindSince.delete(projection);
    else if (!this.behindSince.has(projection)) this.behindSince.set(projection, performance.now());
    const since = this.behindSince.get(projection);
    return since === undefined ? 0 : (performance.now() - since) / 1000;
  }

  private advance({ positions, seen, live }: Extract<ThreadMessage, { kind: 'progress' }>): void {
    this.positions = positions;
    if (!live) return;
    this.live = true;
    for (const [projection, position] of positions)
      if (position >= seen) {
        this.behindSince.delete(projection);
        this.caughtUp.add(projection);
      }
  }
}

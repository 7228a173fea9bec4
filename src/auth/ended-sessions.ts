import { appendFileSync } from 'node:fs';
import { readIfThere, replaceFile } from '../files/small-file.js';

/** Those whose time is over are looked for so often at most: there may be very many. */
const PRUNE_EVERY_MS = 60_000;

/**
 * Sessions that were signed out before their time: `ended-sessions` in the data directory, so that a copy of a
 * cookie is worth nothing after a restart either. A line holds a session's id and when its time is over anyway.
 */
export class EndedSessions {
  private readonly ended: Map<string, number>;
  private prunedAt = 0;
  /** In the file, also of sessions whose time is over. */
  private lines = Infinity;

  /** @param warn told what an operator should know */
  constructor(
    private readonly path: string,
    private readonly warn: (message: string) => void,
    private readonly now: () => number = Date.now,
  ) {
    this.ended = new Map(linesOf(path).map(([id, endsAt]) => [id, Number(endsAt)]));
    this.prune();
  }

  has(id: string): boolean {
    return this.ended.has(id);
  }

  /** It has ended from now on, also when that cannot be written. @param endsAt in milliseconds since 1970 */
  add(id: string, endsAt: number): void {
    try {
      if (this.now() - this.prunedAt >= PRUNE_EVERY_MS) this.prune();
      appendFileSync(this.path, lineOf([id, endsAt]), { mode: 0o600, flush: true });
      this.lines += 1;
    } catch (error) {
      // The next one writes the file anew, and this one with it.
      [this.lines, this.prunedAt] = [Infinity, -Infinity];
      this.warn(
        `a session that was signed out is not in ${this.path}: after a restart a copy of its cookie would be good again (${(error as Error).message})`,
      );
    }
    this.ended.set(id, endsAt);
  }

  /** Forgets those whose time is over; the file is written anew when that halves it. */
  private prune(): void {
    this.prunedAt = this.now();
    for (const [id, endsAt] of this.ended) if (!(endsAt > this.prunedAt)) this.ended.delete(id);
    if (this.ended.size > this.lines / 2) return;
    replaceFile(this.path, Array.from(this.ended, lineOf).join(''));
    this.lines = this.ended.size;
  }
}

const lineOf = ([id, endsAt]: readonly [string, number]): string => `${id} ${endsAt}\n`;

/** A line that a crash left half written names no session, or ends at no time, and is passed over. */
const linesOf = (path: string): (readonly [string, string])[] =>
  (readIfThere(path) ?? '')
    .split('\n')
    .map((line) => [line.split(' ')[0] ?? '', line.split(' ')[1] ?? ''] as const);

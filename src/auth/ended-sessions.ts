import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * Sessions that were signed out before their time: `ended-sessions` in the data directory, so that a copy of a
 * cookie is worth nothing after a restart either. A line holds a session's id and when its time is over anyway.
 */
export class EndedSessions {
  private readonly ended: Map<string, number>;

  constructor(
    private readonly path: string,
    private readonly now: () => number = Date.now,
  ) {
    this.ended = new Map(linesOf(path).map(([id, endsAt]) => [id, Number(endsAt)]));
    this.forgetOld();
    writeFileSync(path, Array.from(this.ended, lineOf).join(''), { mode: 0o600 });
  }

  has(id: string): boolean {
    return this.ended.has(id);
  }

  /** @param endsAt in milliseconds since 1970 */
  add(id: string, endsAt: number): void {
    this.forgetOld();
    this.ended.set(id, endsAt);
    appendFileSync(this.path, lineOf([id, endsAt]), { mode: 0o600, flush: true });
  }

  private forgetOld(): void {
    for (const [id, endsAt] of this.ended) if (!(endsAt > this.now())) this.ended.delete(id);
  }
}

const lineOf = ([id, endsAt]: readonly [string, number]): string => `${id} ${endsAt}\n`;

/** A line that a crash left half written names no session, or ends at no time, and is passed over. */
function linesOf(path: string): (readonly [string, string])[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => [line.split(' ')[0] ?? '', line.split(' ')[1] ?? ''] as const);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import type { Settings } from './settings.js';

/** How much longer an operation is worth trying again. */
export class Patience {
  private readonly end: number;
  private pauses = 0;

  /** @param closing ends all patience: the adapter is being closed */
  constructor(
    private readonly settings: Settings,
    private readonly closing: AbortSignal,
  ) {
    this.end = performance.now() + settings.patienceMs;
  }

  get spent(): boolean {
    return this.closing.aborted || performance.now() >= this.end;
  }

  /** Waits before the next try. @returns false when there should be none */
  async pause(): Promise<boolean> {
    if (this.spent) return false;
    const left = this.end - performance.now();
    await pause(Math.min(pauseMs(this.settings, this.pauses++), left), this.closing);
    return !this.closing.aborted;
  }
}

/** Growing from pause to pause, and never twice the same, so that replicas do not come back all at once. */
export function pauseMs({ pauseMs: { first, longest } }: Settings, pausesBefore: number): number {
  return Math.min(first * 2 ** pausesBefore, longest) * (0.5 + Math.random() / 2);
}

/** Ends early, without an error, when the signal says so. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  delay(ms, undefined, { signal }).catch(() => {});

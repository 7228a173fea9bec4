import { ReadModelBehind } from '../projections/errors.js';
import { findBreaches } from '../projections/conservation/find-breaches.js';
import type { Reads } from '../projections/reads.js';
import type { LedgerObserver } from '../ledger/ledger-observer.js';
import { StoreUnavailable } from '../event-store/errors.js';
import type { Checkpoints } from './checkpoints.js';

/**
 * Publishes a checkpoint from time to time, and raises the alarm when the ledger does not add up. Each thing is told
 * once; what has failed is told again for another reason, or after it went well.
 */
export class AuditWatch {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  /** By message, the reason that was told with it. */
  private readonly told = new Map<string, string>();
  private stopping = false;

  constructor(
    private readonly checkpoints: Checkpoints,
    private readonly reads: Reads,
    private readonly observer: LedgerObserver,
  ) {}

  start(everyMs: number): void {
    this.timer = setInterval(() => void (this.running ??= this.look()), everyMs).unref();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    await this.running;
  }

  /** Resolves when everything has been looked at once. */
  async look(): Promise<void> {
    await this.attempt('no checkpoint can be published', () => this.checkpoints.publish());
    await this.attempt('conservation cannot be checked', () => this.findBreaches());
    this.running = undefined;
  }

  private async findBreaches(): Promise<void> {
    for (const breach of (await findBreaches(this.reads)).first)
      this.alarm(`main account ${breach.mainAccountId} does not add up`, { ...breach });
  }

  private async attempt(failure: string, run: () => Promise<void>): Promise<void> {
    try {
      await run();
      this.told.delete(failure);
    } catch (error) {
      // While it cannot be known it is no finding; the next look will tell.
      if (this.stopping || error instanceof ReadModelBehind || error instanceof StoreUnavailable) return;
      // Figures in it may move while the reason stays.
      this.alarm(failure, { error: String(error) }, String(error).replaceAll(/\d+/g, ''));
    }
  }

  private alarm(message: string, fields: Readonly<Record<string, unknown>>, reason = ''): void {
    if (this.told.get(message) === reason) return;
    this.told.set(message, reason);
    this.observer.alarm(message, fields);
  }
}

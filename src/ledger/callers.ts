import type { Asked } from './asked.js';
import { Refusal } from './domain/errors.js';
import type { LedgerObserver } from './ledger-observer.js';
import type { Decided, Pending } from './pending.js';

/** Those who wait for an account's writer: each is told once what became of what he asked for. */
export class Callers {
  /** Orders whose callers wait. */
  onTheirWay = 0;

  constructor(private readonly observer: LedgerObserver) {}

  /** Takes orders that stand or fall together. */
  take(asked: readonly Asked[], broken: boolean): Pending {
    this.onTheirWay += asked.length;
    return { asked, broken, attempts: 0, fresh: false };
  }

  /** What was decided, once all that it rests on is durable. */
  tell({ pending, decisions }: Decided): void {
    for (const [at, asked] of pending.asked.entries()) {
      const decision = decisions[at]!;
      if (decision.kind === 'refused') this.turnAway(asked, decision.refusal);
      else {
        this.onTheirWay -= 1;
        this.observer.command(asked.order.type, decision.kind);
        const { kind, receipt, known } = decision;
        const value = { receipt, position: known.position, replayed: kind === 'replayed' };
        asked.tell({ status: 'fulfilled', value });
      }
    }
  }

  fail({ asked }: Pending, error: unknown): void {
    for (const each of asked) this.turnAway(each, error);
  }

  private turnAway({ order, tell }: Asked, error: unknown): void {
    const outcome = error instanceof Refusal ? error.code : error instanceof Error ? error.name : 'error';
    this.onTheirWay -= 1;
    this.observer.command(order.type, outcome);
    tell({ status: 'rejected', reason: error });
  }
}

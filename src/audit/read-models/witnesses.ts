import type { Position } from '../../event-store/event-store.js';
import type { AuditedAccount } from '../accounts-audit.js';
import type { Witness, WitnessedEvent } from './witness.js';

/** Shows each witness the events that are for it, and ends it at the point that it has come to. */
export class Witnesses {
  private waiting: readonly Witness[];

  constructor(
    witnesses: readonly Witness[],
    private readonly accounts: ReadonlyMap<string, AuditedAccount>,
  ) {
    this.waiting = witnesses;
  }

  /** Called before the event at the position is booked. */
  before(position: Position): void {
    if (!this.waiting.some(({ until }) => until < position)) return;
    for (const witness of this.waiting) if (witness.until < position) witness.end(this.accounts);
    this.waiting = this.waiting.filter(({ until }) => until >= position);
  }

  event(event: WitnessedEvent): void {
    for (const witness of this.waiting) witness.event(event);
  }

  end(): void {
    for (const witness of this.waiting) witness.end(this.accounts);
    this.waiting = [];
  }
}

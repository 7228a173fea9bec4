import type { Position } from '../../event-store/event-store.js';
import type { AuditedAccount } from '../accounts-audit.js';
import type { ReadModelTables } from './read-model-tables.js';
import type { Witness, WitnessedEvent } from './witness.js';

/** Compares the certificates of conservation with the log. */
export class ConservationWitness implements Witness {
  /** By main account: its first event with which it did not add up, if there is one. */
  private readonly breaches = new Map<string, { readonly revision: number; readonly eventId: string }>();
  private readonly revisions = new Map<string, number>();

  constructor(
    private readonly tables: ReadModelTables,
    readonly until: Position,
  ) {}

  event({ recorded, account }: WitnessedEvent): void {
    const { mainAccountId, balances } = account;
    const { revision, id: eventId } = recorded;
    const missing = revision !== (this.revisions.get(mainAccountId) ?? -1) + 1;
    this.revisions.set(mainAccountId, revision);
    const addsUp = balances.purchased === balances.main + balances.sips;
    if ((missing || !addsUp || balances.main < 0n || balances.sips < 0n) && !this.breaches.has(mainAccountId))
      this.breaches.set(mainAccountId, { revision, eventId });
  }

  end(accounts: ReadonlyMap<string, AuditedAccount>): void {
    for (const { mainAccountId, balances, revision, hash } of accounts.values()) {
      const { purchased, main, sips } = balances;
      const breach = this.breaches.get(mainAccountId);
      this.tables.compare(
        'conservation',
        { main_account_id: mainAccountId },
        {
          purchased: String(purchased),
          main: String(main),
          sips: String(sips),
          revision,
          hash,
          broken_revision: breach?.revision ?? null,
          broken_event_id: breach?.eventId ?? null,
          // The words of a breach are the projection's own.
          ...(!breach && { broken_by: null }),
        },
      );
    }
    this.tables.count('conservation', accounts.size);
  }
}

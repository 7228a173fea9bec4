import type { Position } from '../../event-store/event-store.js';
import type { AuditedAccount } from '../accounts-audit.js';
import type { ReadModelTables } from './read-model-tables.js';
import type { Witness } from './witness.js';

/** Compares the certificates of conservation with the log. */
export class ConservationWitness implements Witness {
  constructor(
    private readonly tables: ReadModelTables,
    readonly until: Position,
  ) {}

  event(): void {
    // A certificate is of the account as it is at the end.
  }

  end(accounts: ReadonlyMap<string, AuditedAccount>): void {
    for (const { mainAccountId, balances, revision, hash } of accounts.values()) {
      const { purchased, main, sips } = balances;
      this.tables.compare(
        'conservation',
        { main_account_id: mainAccountId },
        { purchased, main, sips, revision, hash },
      );
    }
    this.tables.count('conservation', accounts.size);
  }
}

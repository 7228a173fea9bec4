import type { Position } from '../../event-store/event-store.js';
import type { AuditedAccount } from '../accounts-audit.js';
import { amountOf } from '../balances.js';
import type { ReadModelTables } from './read-model-tables.js';
import { movedAmount, namedSip } from './told-by-event.js';
import type { Witness, WitnessedEvent } from './witness.js';

/** Compares the balances as they are shown with the log. */
export class AccountsWitness implements Witness {
  /** By stream and SIP account: when its credit was last moved. */
  private readonly movedAt = new Map<string, Map<string, string>>();

  constructor(
    private readonly tables: ReadModelTables,
    readonly until: Position,
  ) {}

  event({ recorded, read }: WitnessedEvent): void {
    const { recordedAt } = read.metadata;
    const sipAccountId = namedSip(read);
    const amount = movedAmount(read);
    if (sipAccountId !== undefined && amount !== undefined)
      this.movedIn(recorded.stream).set(sipAccountId, recordedAt);
  }

  end(accounts: ReadonlyMap<string, AuditedAccount>): void {
    let sipAccounts = 0;
    for (const [stream, account] of accounts) {
      this.compareMain(account);
      let place = 0;
      for (const [sipAccountId, sip] of account.balances.sip) {
        const keys = { main_account_id: account.mainAccountId, sip_account_id: sipAccountId };
        const moved_at = this.movedAt.get(stream)?.get(sipAccountId) ?? null;
        this.tables.compare('sip_accounts', keys, {
          place: ++place,
          available: amountOf(sip.available),
          moved_at,
        });
      }
      sipAccounts += place;
    }
    this.tables.count('main_accounts', accounts.size);
    this.tables.count('sip_accounts', sipAccounts);
  }

  private compareMain({ mainAccountId, balances, revision, hash, recordedAt }: AuditedAccount): void {
    this.tables.compare(
      'main_accounts',
      { main_account_id: mainAccountId },
      {
        currency: balances.currency ?? null,
        purchased: amountOf(balances.purchased),
        available: amountOf(balances.main),
        sip_accounts_available: amountOf(balances.sips),
        sip_accounts_count: balances.sip.size,
        revision,
        hash,
        recorded_at: recordedAt,
      },
    );
  }

  private movedIn(stream: string): Map<string, string> {
    let moved = this.movedAt.get(stream);
    if (!moved) this.movedAt.set(stream, (moved = new Map()));
    return moved;
  }
}

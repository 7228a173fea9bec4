import type { Big } from 'big.js';
import type { LoadedAccount } from './account-loader.js';
import type { Fold } from './domain/account.js';
import { sipAccountIdOf, type LedgerEvent } from './domain/events.js';
import type { StreamHead } from './seal.js';

/**
 * Where an account stood, to go back to. It notes what each event is about to change instead of copying the
 * account, which may have 10 000 SIP accounts. Sums of money are never changed in place, so noting them is enough.
 */
export class Savepoint {
  private readonly head: StreamHead;
  private readonly totals: Fold;
  private readonly sipAccounts = new Map<string, Big | undefined>();
  private readonly idempotencyKeys: string[] = [];

  constructor(private readonly loaded: LoadedAccount) {
    this.head = loaded.head;
    this.totals = { ...loaded.account };
  }

  /** To be called before an event is applied. */
  note(event: LedgerEvent, idempotencyKey: string): void {
    this.idempotencyKeys.push(idempotencyKey);
    const sipAccountId = sipAccountIdOf(event);
    if (sipAccountId !== undefined && !this.sipAccounts.has(sipAccountId))
      this.sipAccounts.set(sipAccountId, this.loaded.account.sipAccounts.get(sipAccountId));
  }

  /** Undoes all that was noted. */
  goBack(): void {
    const { account, tail } = this.loaded;
    this.loaded.head = this.head;
    Object.assign(account, this.totals);
    for (const [sipAccountId, available] of this.sipAccounts)
      if (available === undefined) account.sipAccounts.delete(sipAccountId);
      else account.sipAccounts.set(sipAccountId, available);
    for (const idempotencyKey of this.idempotencyKeys) tail.delete(idempotencyKey);
  }
}

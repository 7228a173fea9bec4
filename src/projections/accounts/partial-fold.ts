import { Big } from 'big.js';
import type { Fold } from '../../ledger/domain/account.js';
import type { Amount } from '../../ledger/domain/amount.js';

/** An account as far as the events at hand touch it: of its SIP accounts only those that were named. */
export interface PartialFold {
  readonly account: Fold;
  /** In the order of opening. */
  readonly place: number;
  /** -1 before the first event. */
  revision: number;
  /** Of the last event; undefined before the first. */
  hash: string | undefined;
  /** Of the last event; empty before the first. */
  recordedAt: string;
  /** In canonical form. */
  available: Amount;
  sipAccountsAvailable: Amount;
  /** Positions of the entries since the last full tile. */
  recent: number[];
  readonly sips: Map<string, PartialSip>;
}

/** A SIP account, as its row holds it. */
export interface PartialSip {
  readonly mainAccountId: string;
  readonly sipAccountId: string;
  /** In the order of adding, within its main account. */
  readonly place: number;
  readonly addedRevision: number;
  balance: Big;
  /** The balance in canonical form. */
  available: Amount;
  movedAt: string | null;
  recent: number[];
  /** Since it was last settled. */
  changed: boolean;
}

/** The columns from which a fold is made again. */
export interface MainRow {
  readonly place: number;
  readonly currency: string | null;
  readonly purchased: string;
  readonly available: Amount;
  readonly sip_accounts_available: Amount;
  readonly sip_accounts_count: number;
  readonly revision: number;
  readonly hash: string;
  readonly recorded_at: string;
  readonly recent: string;
}

/** The same of a SIP account. */
export interface SipRow {
  readonly place: number;
  readonly available: Amount;
  readonly added_revision: number;
  readonly moved_at: string | null;
  readonly recent: string;
}

/** The account that a row holds, as yet without SIP accounts. */
export const accountOf = (mainAccountId: string, row: Omit<MainRow, 'place' | 'recent'>): Fold => ({
  mainAccountId,
  currency: row.currency ?? undefined,
  purchased: new Big(row.purchased),
  available: new Big(row.available),
  sipAccountsAvailable: new Big(row.sip_accounts_available),
  sipAccountsCount: row.sip_accounts_count,
  sipAccounts: new Map(),
});

import { Big } from 'big.js';
import { emptyFold, type Fold } from '../../ledger/domain/account.js';
import { kept, type Amount } from '../../ledger/domain/amount.js';
import { GrowingTile } from './tiles.js';

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
  /** Positions of its entries. */
  readonly recent: GrowingTile;
  readonly sips: Map<string, PartialSip>;
  /** How many of them there were when it was weighed last. */
  weighed: number;
}

/** A SIP account, as its row holds it. */
export interface PartialSip {
  readonly mainAccountId: string;
  readonly sipAccountId: string;
  /** In the order of adding, within its main account. */
  readonly place: number;
  readonly addedRevision: number;
  balance: Big;
  movedAt: string | null;
  readonly recent: GrowingTile;
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
export const accountOf = (
  mainAccountId: string,
  row: Omit<MainRow, 'place' | 'recorded_at' | 'recent'>,
): Fold => ({
  mainAccountId,
  currency: row.currency ?? undefined,
  purchased: kept(new Big(row.purchased)),
  available: kept(new Big(row.available)),
  sipAccountsAvailable: kept(new Big(row.sip_accounts_available)),
  sipAccountsCount: row.sip_accounts_count,
  sipAccounts: new Map(),
});

/** The fold that a row holds. @param sipAccounts where `evolve` looks for those that its event names */
export const foldOf = (
  mainAccountId: string,
  row: MainRow,
  sipAccounts: Fold['sipAccounts'],
): PartialFold => ({
  account: { ...accountOf(mainAccountId, row), sipAccounts },
  place: row.place,
  revision: row.revision,
  hash: row.hash,
  recordedAt: row.recorded_at,
  recent: new GrowingTile(row.recent),
  sips: new Map(),
  weighed: 0,
});

/** The fold of an account that is about to be opened. @param sipAccounts likewise */
export const openedFold = (
  mainAccountId: string,
  place: number,
  sipAccounts: Fold['sipAccounts'],
): PartialFold => ({
  account: { ...emptyFold(mainAccountId), sipAccounts },
  place,
  revision: -1,
  hash: undefined,
  recordedAt: '',
  recent: new GrowingTile(),
  sips: new Map(),
  weighed: 0,
});

export const sipOf = (mainAccountId: string, sipAccountId: string, row: SipRow): PartialSip => ({
  mainAccountId,
  sipAccountId,
  place: row.place,
  addedRevision: row.added_revision,
  balance: kept(new Big(row.available)),
  movedAt: row.moved_at,
  recent: new GrowingTile(row.recent),
  changed: false,
});

/** A SIP account that was added by the last event of its main account, which holds it from now on. */
export function addedSip({ account, revision, sips }: PartialFold, sipAccountId: string): PartialSip {
  const sip = {
    mainAccountId: account.mainAccountId,
    sipAccountId,
    place: account.sipAccountsCount,
    addedRevision: revision,
    balance: new Big(0),
    movedAt: null,
    recent: new GrowingTile(),
    changed: false,
  };
  sips.set(sipAccountId, sip);
  return sip;
}

import { Big } from 'big.js';
import type Database from 'libsql';
import { LRUCache } from 'lru-cache';
import { emptyFold, evolve, type Fold } from '../../ledger/domain/account.js';
import { ZERO, type Amount } from '../../ledger/domain/amount.js';
import type { LogEntry } from '../log-entry.js';
import { positionsIn } from './tiles.js';

/** Main and SIP accounts that are kept in memory between batches. */
const MAX_WEIGHT = 40_000;

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

/** What a SIP account's row holds besides its balance. */
export interface PartialSip {
  /** In the order of adding, within its main account. */
  readonly place: number;
  readonly addedRevision: number;
  /** In canonical form. */
  available: Amount;
  movedAt: string | null;
  recent: number[];
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

interface SipRow {
  readonly place: number;
  readonly available: Amount;
  readonly added_revision: number;
  readonly moved_at: string | null;
  readonly recent: string;
}

/** The account that a row holds, as yet without SIP accounts. */
export const accountOf = (mainAccountId: string, row: MainRow): Fold => ({
  mainAccountId,
  currency: row.currency ?? undefined,
  purchased: new Big(row.purchased),
  available: new Big(row.available),
  sipAccountsAvailable: new Big(row.sip_accounts_available),
  sipAccountsCount: row.sip_accounts_count,
  sipAccounts: new Map(),
});

/** An event that does not follow the one before it: missing, inserted, changed or reordered. */
export class BrokenChain extends Error {
  override readonly name = 'BrokenChain';
}

/**
 * Folds events onto rows: an event costs the main account and the one SIP account it names, however many SIP
 * accounts there are. Folds that changed since `settle` are never dropped, so that the rows may lag behind them.
 */
export class AccountFolds {
  private readonly main: Database.Statement;
  private readonly sip: Database.Statement;
  private readonly lastPlace: Database.Statement;
  private places: number | undefined;
  private readonly changed = new Map<string, PartialFold>();
  private readonly settled = new LRUCache<string, PartialFold>({
    maxSize: MAX_WEIGHT,
    sizeCalculation: ({ sips }) => Math.min(1 + sips.size, MAX_WEIGHT),
  });

  constructor(db: Database.Database) {
    this.main = db.prepare('SELECT * FROM main_accounts WHERE main_account_id = ?');
    this.sip = db.prepare('SELECT * FROM sip_accounts WHERE main_account_id = ? AND sip_account_id = ?');
    this.lastPlace = db.prepare('SELECT max(place) AS place FROM main_accounts');
  }

  /**
   * @returns the account as it is right after the event
   * @throws BrokenChain, and whatever `evolve` throws for an event that cannot be
   */
  evolve({ recorded, mainAccountId, event, metadata }: LogEntry): PartialFold {
    const fold = this.fold(mainAccountId);
    if (recorded.revision !== fold.revision + 1)
      throw new BrokenChain(`revision ${recorded.revision} comes after revision ${fold.revision}`);
    if (fold.hash !== undefined && metadata.previousHash !== fold.hash)
      throw new BrokenChain(`previousHash ${metadata.previousHash} is not the hash before it, ${fold.hash}`);
    if ('sipAccountId' in event.data) this.fetchSip(fold, event.data.sipAccountId);
    evolve(fold.account, event);
    fold.revision = recorded.revision;
    fold.hash = metadata.hash;
    fold.recordedAt = metadata.recordedAt;
    return fold;
  }

  /** The accounts that changed since they were last settled, in the order in which they first changed. */
  get unsettled(): Iterable<PartialFold> {
    return this.changed.values();
  }

  get changes(): number {
    return this.changed.size;
  }

  /** The rows are as the folds are. */
  settle(): void {
    for (const [mainAccountId, fold] of this.changed) this.settled.set(mainAccountId, fold);
    this.changed.clear();
  }

  forget(): void {
    this.places = undefined;
    this.changed.clear();
    this.settled.clear();
  }

  private fold(mainAccountId: string): PartialFold {
    let fold = this.changed.get(mainAccountId);
    if (fold) return fold;
    fold = this.settled.get(mainAccountId) ?? this.stored(mainAccountId);
    this.changed.set(mainAccountId, fold);
    return fold;
  }

  private stored(mainAccountId: string): PartialFold {
    const row = this.main.get([mainAccountId]) as MainRow | undefined;
    if (row)
      return {
        account: accountOf(mainAccountId, row),
        place: row.place,
        revision: row.revision,
        hash: row.hash,
        recordedAt: row.recorded_at,
        available: row.available,
        sipAccountsAvailable: row.sip_accounts_available,
        recent: positionsIn(row.recent),
        sips: new Map(),
      };
    this.places ??= (this.lastPlace.get([]) as { place: number | null }).place ?? 0;
    const place = (this.places += 1);
    return {
      account: emptyFold(mainAccountId),
      place,
      revision: -1,
      hash: undefined,
      recordedAt: '',
      available: ZERO,
      sipAccountsAvailable: ZERO,
      recent: [],
      sips: new Map(),
    };
  }

  private fetchSip({ account, sips }: PartialFold, sipAccountId: string): void {
    if (sips.has(sipAccountId)) return;
    const row = this.sip.get([account.mainAccountId, sipAccountId]) as SipRow | undefined;
    if (!row) return;
    account.sipAccounts.set(sipAccountId, new Big(row.available));
    const { place, added_revision: addedRevision, available, moved_at: movedAt, recent } = row;
    sips.set(sipAccountId, { place, addedRevision, available, movedAt, recent: positionsIn(recent) });
  }
}

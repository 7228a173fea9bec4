import type { Big } from 'big.js';
import { LRUCache } from 'lru-cache';
import { evolve, sipAvailable } from '../../ledger/domain/account.js';
import { sipAccountIdOf } from '../../ledger/domain/events.js';
import type { Connection, Statement } from '../../sqlite/database.js';
import type { LogEntry } from '../log-entry.js';
import {
  addedSip,
  foldOf,
  openedFold,
  sipOf,
  type MainRow,
  type PartialFold,
  type PartialSip,
  type SipRow,
} from './partial-fold.js';

/** Main and SIP accounts that are kept in memory between batches. */
const MAX_WEIGHT = 25_000;

/** The accounts that an event changed, as they are right after it. */
interface Evolved {
  readonly fold: PartialFold;
  /** The SIP account that it names. */
  readonly sip: PartialSip | undefined;
}

/** An event that does not follow the one before it: missing, inserted, changed or reordered. */
export class BrokenChain extends Error {
  override readonly name = 'BrokenChain';
}

/**
 * Folds events onto rows: an event costs the main account and the one SIP account it names, however many SIP
 * accounts there are. Folds that changed since `settle` are never dropped, so that the rows may lag behind them.
 */
export class AccountFolds {
  private readonly main: Statement<MainRow>;
  private readonly sipRow: Statement<SipRow>;
  private readonly lastPlace: Statement<{ place: number | null }>;
  private places: number | undefined;
  private readonly changed = new Map<string, PartialFold>();
  private changedSips: PartialSip[] = [];
  /**
   * The SIP accounts of every fold, as `evolve` sees them: an event looks at the one that it names, so that alone is
   * put here. A map for each account would be a second one of the same SIP accounts.
   */
  private readonly named = new Map<string, Big>();
  private readonly settled = new LRUCache<string, PartialFold>({
    maxSize: MAX_WEIGHT,
    sizeCalculation: ({ sips }) => Math.min(1 + sips.size, MAX_WEIGHT),
  });

  constructor(db: Connection) {
    this.main = db.prepare('SELECT * FROM main_accounts WHERE main_account_id = ?');
    this.sipRow = db.prepare('SELECT * FROM sip_accounts WHERE main_account_id = ? AND sip_account_id = ?');
    this.lastPlace = db.prepare('SELECT max(place) AS place FROM main_accounts');
  }

  /** @throws BrokenChain, and whatever `evolve` throws for an event that cannot be */
  evolve({ recorded, mainAccountId, event, metadata }: LogEntry): Evolved {
    const fold = this.fold(mainAccountId);
    if (recorded.revision !== fold.revision + 1)
      throw new BrokenChain(`revision ${recorded.revision} comes after revision ${fold.revision}`);
    if (fold.hash !== undefined && metadata.previousHash !== fold.hash)
      throw new BrokenChain(`previousHash ${metadata.previousHash} is not the hash before it, ${fold.hash}`);
    const sipAccountId = sipAccountIdOf(event);
    const known = sipAccountId === undefined ? undefined : this.sip(fold, sipAccountId);
    this.named.clear();
    if (known) this.named.set(known.sipAccountId, known.balance);
    evolve(fold.account, event);
    fold.revision = recorded.revision;
    fold.hash = metadata.hash;
    fold.recordedAt = metadata.recordedAt;
    if (sipAccountId === undefined) return { fold, sip: undefined };
    if (known && event.type === 'SipAccountAdded')
      throw new Error(`SIP account ${sipAccountId} is added a second time`);
    const sip = known ?? addedSip(fold, sipAccountId);
    sip.balance = sipAvailable(fold.account, sipAccountId);
    if (known) sip.movedAt = metadata.recordedAt;
    if (!sip.changed) this.changedSips.push(sip);
    sip.changed = true;
    return { fold, sip };
  }

  /** The accounts that changed since they were last settled, in the order in which they first changed. */
  get unsettled(): Iterable<PartialFold> {
    return this.changed.values();
  }

  get unsettledSips(): Iterable<PartialSip> {
    return this.changedSips;
  }

  /** Main and SIP accounts that are not settled. */
  get changes(): number {
    return this.changed.size + this.changedSips.length;
  }

  /** The rows are as the folds are. */
  settle(): void {
    for (const sip of this.changedSips) sip.changed = false;
    this.changedSips = [];
    for (const [mainAccountId, fold] of this.changed) {
      if (this.settled.peek(mainAccountId) === fold && fold.sips.size === fold.weighed) continue;
      fold.weighed = fold.sips.size;
      // The cache does not weigh again what it already holds, so one that has grown goes and comes back.
      this.settled.delete(mainAccountId);
      this.settled.set(mainAccountId, fold);
    }
    this.changed.clear();
  }

  forget(): void {
    this.places = undefined;
    this.changed.clear();
    this.changedSips = [];
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
    const row = this.main.get(mainAccountId);
    if (row) return foldOf(mainAccountId, row, this.named);
    this.places ??= this.lastPlace.get()?.place ?? 0;
    return openedFold(mainAccountId, (this.places += 1), this.named);
  }

  private sip(
    { account: { mainAccountId }, sips }: PartialFold,
    sipAccountId: string,
  ): PartialSip | undefined {
    const held = sips.get(sipAccountId);
    if (held) return held;
    const row = this.sipRow.get(mainAccountId, sipAccountId);
    if (!row) return undefined;
    const sip = sipOf(mainAccountId, sipAccountId, row);
    sips.set(sipAccountId, sip);
    return sip;
  }
}

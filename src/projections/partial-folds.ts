import { Big } from 'big.js';
import { LRUCache } from 'lru-cache';
import { emptyFold, evolve, type Fold } from '../ledger/domain/account.js';
import type { LogEntry } from './log-entry.js';

/** Main and SIP accounts that are kept in memory between batches. */
const MAX_WEIGHT = 200_000;

/** An account as far as the events at hand touch it: of its SIP accounts only those that were named. */
export interface PartialFold {
  readonly account: Fold;
  /** -1 before the first event. */
  revision: number;
  /** Of the last event; undefined before the first. */
  hash: string | undefined;
  /** Of the last event; empty before the first. */
  recordedAt: string;
}

/** The columns from which a fold is made again. */
export interface FoldRow {
  readonly currency: string | null;
  readonly purchased: string;
  readonly available: string;
  readonly sip_accounts_available: string;
  readonly sip_accounts_count: number;
  readonly revision: number;
  readonly hash: string;
  readonly recorded_at: string;
}

/** The fold that a row holds, as yet without SIP accounts. */
export const foldOf = (mainAccountId: string, row: FoldRow): PartialFold => ({
  account: {
    mainAccountId,
    currency: row.currency ?? undefined,
    purchased: new Big(row.purchased),
    available: new Big(row.available),
    sipAccountsAvailable: new Big(row.sip_accounts_available),
    sipAccountsCount: row.sip_accounts_count,
    sipAccounts: new Map(),
  },
  revision: row.revision,
  hash: row.hash,
  recordedAt: row.recorded_at,
});

/** Where a projection finds what it wrote before. */
export interface FoldSource {
  mainAccount(mainAccountId: string): PartialFold | undefined;
  /** What the SIP account has. */
  sipAccount(mainAccountId: string, sipAccountId: string): string | undefined;
}

/** An event that does not follow the one before it: missing, inserted, changed or reordered. */
export class BrokenChain extends Error {
  override readonly name = 'BrokenChain';
}

/**
 * Folds events onto rows: an event costs the main account and the one SIP account it names, however many SIP
 * accounts there are. Folds that changed since `settle` are never dropped, so that the rows may lag behind them.
 */
export class PartialFolds {
  private readonly changed = new Map<string, PartialFold>();
  private readonly settled = new LRUCache<string, PartialFold>({
    maxSize: MAX_WEIGHT,
    sizeCalculation: ({ account }) => Math.min(1 + account.sipAccounts.size, MAX_WEIGHT),
  });

  constructor(private readonly source: FoldSource) {}

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
    if ('sipAccountId' in event.data) this.fetchSipAccount(fold.account, event.data.sipAccountId);
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

  /** The rows are as the folds are. */
  settle(): void {
    for (const [mainAccountId, fold] of this.changed) this.settled.set(mainAccountId, fold);
    this.changed.clear();
  }

  forget(): void {
    this.changed.clear();
    this.settled.clear();
  }

  private fold(mainAccountId: string): PartialFold {
    let fold = this.changed.get(mainAccountId);
    if (fold) return fold;
    fold = this.settled.get(mainAccountId) ?? this.source.mainAccount(mainAccountId);
    fold ??= { account: emptyFold(mainAccountId), revision: -1, hash: undefined, recordedAt: '' };
    this.changed.set(mainAccountId, fold);
    return fold;
  }

  private fetchSipAccount(account: Fold, sipAccountId: string): void {
    if (account.sipAccounts.has(sipAccountId)) return;
    const available = this.source.sipAccount(account.mainAccountId, sipAccountId);
    if (available !== undefined) account.sipAccounts.set(sipAccountId, new Big(available));
  }
}

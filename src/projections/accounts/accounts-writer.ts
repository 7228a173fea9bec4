import type Database from 'libsql';
import { sipAvailable } from '../../ledger/domain/account.js';
import { formatAmount } from '../../ledger/domain/amount.js';
import { SipAccountNotFound } from '../../ledger/domain/errors.js';
import { BulkInsert } from '../bulk-insert.js';
import type { LogEntry } from '../log-entry.js';
import type { ProjectionWriter } from '../projection.js';
import { AccountFolds, type PartialFold, type PartialSip } from './account-folds.js';
import { CommandKeys } from './command-keys.js';
import { bodyOf, digestsOf } from './entry-body.js';
import { textOf, TILE } from './tiles.js';

/** Main and SIP accounts of which rows are held back, at most. */
const MAX_CHANGED = 40_000;

/** Writes an entry for every event at once, the rows of the accounts that it touched when the batch ends. */
export class AccountsWriter implements ProjectionWriter {
  private readonly folds: AccountFolds;
  private readonly mains: BulkInsert;
  private readonly sips: BulkInsert;
  private readonly entries: BulkInsert;
  private readonly tiles: BulkInsert;
  private readonly sipTiles: BulkInsert;
  /** The SIP accounts that were touched since the last flush. */
  private readonly touched = new Map<PartialFold, Map<string, PartialSip>>();
  private touchedSips = 0;

  constructor(
    db: Database.Database,
    private readonly keys: Pick<CommandKeys, 'add' | 'flush' | 'forget'> = new CommandKeys(db),
  ) {
    this.folds = new AccountFolds(db);
    this.mains = new BulkInsert(
      db,
      'main_accounts',
      `place, main_account_id, currency, purchased, available, sip_accounts_available, sip_accounts_count,
       revision, hash, recorded_at, recent`,
      {
        onConflict: `ON CONFLICT (place) DO UPDATE SET currency = excluded.currency,
          purchased = excluded.purchased, available = excluded.available,
          sip_accounts_available = excluded.sip_accounts_available,
          sip_accounts_count = excluded.sip_accounts_count, revision = excluded.revision, hash = excluded.hash,
          recorded_at = excluded.recorded_at, recent = excluded.recent`,
      },
    );
    this.sips = new BulkInsert(
      db,
      'sip_accounts',
      'main_account_id, place, sip_account_id, available, moved_at, added_revision, recent',
      {
        onConflict: `ON CONFLICT (main_account_id, place) DO UPDATE SET available = excluded.available,
          moved_at = excluded.moved_at, recent = excluded.recent`,
      },
    );
    this.entries = new BulkInsert(db, 'entries', 'position, account, revision, digests, body', {
      row: '(?, ?, ?, unhex(?), ?)',
    });
    this.tiles = new BulkInsert(db, 'entry_tiles', 'account, tile, positions');
    this.sipTiles = new BulkInsert(db, 'sip_entry_tiles', 'account, sip_account, first, positions');
  }

  apply(entry: LogEntry): void {
    const fold = this.folds.evolve(entry);
    const { recorded, event, metadata } = entry;
    const { account } = fold;
    const position = Number(recorded.position);
    const sipAccountId = 'sipAccountId' in event.data ? event.data.sipAccountId : null;
    fold.available = formatAmount(account.available);
    fold.sipAccountsAvailable = formatAmount(account.sipAccountsAvailable);
    const sip = sipAccountId === null ? undefined : this.touch(fold, sipAccountId, entry);
    const body = bodyOf(entry, fold, sip?.available);
    this.entries.add(position, fold.place, recorded.revision, digestsOf(metadata), body);
    this.keys.add(account.mainAccountId, metadata.idempotencyKey, position);
    fold.recent.push(position);
    if (fold.recent.length === TILE) {
      this.tiles.add(fold.place, Math.floor(recorded.revision / TILE), textOf(fold.recent));
      fold.recent = [];
    }
    // Only a build touches so many before it ends.
    if (this.folds.changes + this.touchedSips > MAX_CHANGED) this.flushAccounts();
  }

  flush(): void {
    this.entries.flush();
    this.keys.flush();
    this.tiles.flush();
    this.sipTiles.flush();
    this.flushAccounts();
  }

  private flushAccounts(): void {
    for (const fold of this.folds.unsettled) this.save(fold);
    for (const [fold, sips] of this.touched) this.saveSips(fold, sips);
    this.mains.flush();
    this.sips.flush();
    this.folds.settle();
    this.touched.clear();
    this.touchedSips = 0;
  }

  forget(): void {
    this.folds.forget();
    this.touched.clear();
    this.touchedSips = 0;
    this.keys.forget();
    for (const rows of [this.entries, this.tiles, this.sipTiles, this.mains, this.sips]) rows.forget();
  }

  /** Notes what the event does to the SIP account that it names. @returns the SIP account after it */
  private touch(
    fold: PartialFold,
    sipAccountId: string,
    { recorded, event, metadata }: LogEntry,
  ): PartialSip {
    const { account, sips } = fold;
    const available = formatAmount(sipAvailable(account, sipAccountId));
    let sip = sips.get(sipAccountId);
    if (event.type === 'SipAccountAdded') {
      if (sip) throw new Error(`SIP account ${sipAccountId} is added a second time`);
      const [place, addedRevision] = [account.sipAccountsCount, fold.revision];
      sips.set(sipAccountId, (sip = { place, addedRevision, available, movedAt: null, recent: [] }));
    } else if (sip) {
      sip.movedAt = metadata.recordedAt;
      sip.available = available;
    } else throw new SipAccountNotFound(sipAccountId);
    sip.recent.push(Number(recorded.position));
    if (sip.recent.length === TILE) {
      this.sipTiles.add(fold.place, sip.place, sip.recent[0], textOf(sip.recent));
      sip.recent = [];
    }
    let touched = this.touched.get(fold);
    if (!touched) this.touched.set(fold, (touched = new Map<string, PartialSip>()));
    const before = touched.size;
    touched.set(sipAccountId, sip);
    this.touchedSips += touched.size - before;
    return sip;
  }

  private save(fold: PartialFold): void {
    const { account, place, available, sipAccountsAvailable, revision, hash, recordedAt, recent } = fold;
    this.mains.add(
      place,
      account.mainAccountId,
      account.currency ?? null,
      formatAmount(account.purchased),
      available,
      sipAccountsAvailable,
      account.sipAccountsCount,
      revision,
      hash,
      recordedAt,
      textOf(recent),
    );
  }

  private saveSips({ account }: PartialFold, sips: ReadonlyMap<string, PartialSip>): void {
    for (const [id, { place, available, movedAt, addedRevision, recent }] of sips)
      this.sips.add(account.mainAccountId, place, id, available, movedAt, addedRevision, textOf(recent));
  }
}

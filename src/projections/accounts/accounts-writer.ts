import type Database from 'libsql';
import { sipAvailable } from '../../ledger/domain/account.js';
import { formatAmount } from '../../ledger/domain/amount.js';
import { BulkInsert } from '../bulk-insert.js';
import type { LogEntry } from '../log-entry.js';
import type { ProjectionWriter } from '../projection.js';
import { AccountFolds, type PartialFold, type PartialSip } from './account-folds.js';
import { textOf, TILE } from './tiles.js';

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

  constructor(db: Database.Database) {
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
    this.entries = new BulkInsert(
      db,
      'entries',
      `position, account, revision, event_id, type, recorded_at, sip_account_id, amount, currency, reference,
       actor, idempotency_key, fingerprint, hash, purchased, available, sip_accounts_available,
       sip_accounts_count, sip_available`,
      { row: '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, unhex(?), unhex(?), ?, ?, ?, ?, ?)' },
    );
    this.tiles = new BulkInsert(db, 'entry_tiles', 'account, tile, positions');
    this.sipTiles = new BulkInsert(db, 'sip_entry_tiles', 'account, sip_account, first, positions');
  }

  apply(entry: LogEntry): void {
    const fold = this.folds.evolve(entry);
    const { recorded, event, metadata } = entry;
    const { account } = fold;
    const { data } = event;
    const sipAccountId = 'sipAccountId' in data ? data.sipAccountId : null;
    this.entries.add(
      recorded.position,
      fold.place,
      recorded.revision,
      recorded.id,
      event.type,
      metadata.recordedAt,
      sipAccountId,
      'amount' in data ? data.amount : null,
      'currency' in data ? data.currency : null,
      'reference' in data ? data.reference : null,
      metadata.actor,
      metadata.idempotencyKey,
      metadata.fingerprint,
      metadata.hash,
      formatAmount(account.purchased),
      formatAmount(account.available),
      formatAmount(account.sipAccountsAvailable),
      account.sipAccountsCount,
      sipAccountId === null ? null : formatAmount(sipAvailable(account, sipAccountId)),
    );
    const position = Number(recorded.position);
    fold.recent.push(position);
    if (fold.recent.length === TILE) {
      this.tiles.add(fold.place, Math.floor(recorded.revision / TILE), textOf(fold.recent));
      fold.recent = [];
    }
    if (sipAccountId !== null) this.touch(fold, sipAccountId, entry, position);
  }

  flush(): void {
    this.entries.flush();
    this.tiles.flush();
    this.sipTiles.flush();
    for (const fold of this.folds.unsettled) this.save(fold);
    for (const [fold, sips] of this.touched) this.saveSips(fold, sips);
    this.mains.flush();
    this.sips.flush();
    this.folds.settle();
    this.touched.clear();
  }

  forget(): void {
    this.folds.forget();
    this.touched.clear();
    for (const rows of [this.entries, this.tiles, this.sipTiles, this.mains, this.sips]) rows.forget();
  }

  /** Notes in the SIP account's row what the event did to it. */
  private touch(fold: PartialFold, sipAccountId: string, { event, metadata }: LogEntry, at: number): void {
    let sip = fold.sips.get(sipAccountId);
    if (event.type === 'SipAccountAdded') {
      if (sip) throw new Error(`SIP account ${sipAccountId} is added a second time`);
      const [place, addedRevision] = [fold.account.sipAccountsCount, fold.revision];
      fold.sips.set(sipAccountId, (sip = { place, addedRevision, movedAt: null, recent: [] }));
    } else if (sip) sip.movedAt = metadata.recordedAt;
    if (!sip) return;
    sip.recent.push(at);
    if (sip.recent.length === TILE) {
      this.sipTiles.add(fold.place, sip.place, sip.recent[0], textOf(sip.recent));
      sip.recent = [];
    }
    let touched = this.touched.get(fold);
    if (!touched) this.touched.set(fold, (touched = new Map<string, PartialSip>()));
    touched.set(sipAccountId, sip);
  }

  private save({ account, place, revision, hash, recordedAt, recent }: PartialFold): void {
    this.mains.add(
      place,
      account.mainAccountId,
      account.currency ?? null,
      formatAmount(account.purchased),
      formatAmount(account.available),
      formatAmount(account.sipAccountsAvailable),
      account.sipAccountsCount,
      revision,
      hash,
      recordedAt,
      textOf(recent),
    );
  }

  private saveSips({ account }: PartialFold, sips: ReadonlyMap<string, PartialSip>): void {
    for (const [id, { place, movedAt, addedRevision, recent }] of sips) {
      const available = formatAmount(sipAvailable(account, id));
      this.sips.add(account.mainAccountId, place, id, available, movedAt, addedRevision, textOf(recent));
    }
  }
}

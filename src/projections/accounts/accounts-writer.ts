import { formatAmount } from '../../ledger/domain/amount.js';
import { BulkInsert } from '../../sqlite/bulk-insert.js';
import type { Connection } from '../../sqlite/database.js';
import type { LogEntry } from '../log-entry.js';
import type { ProjectionWriter } from '../projection.js';
import { AccountFolds } from './account-folds.js';
import { CommandKeys } from './command-keys.js';
import { bodyOf, digestsOf } from './entry-body.js';
import type { PartialFold, PartialSip } from './partial-fold.js';
import { firstOf, TILE } from './tiles.js';

/** Main and SIP accounts of which rows are held back, at most. */
const MAX_CHANGED = 25_000;

/** Writes an entry for every event at once, the rows of the accounts that it touched when the batch ends. */
export class AccountsWriter implements ProjectionWriter {
  private readonly folds: AccountFolds;
  private readonly mains: BulkInsert;
  private readonly sips: BulkInsert;
  private readonly entries: BulkInsert;
  private readonly tiles: BulkInsert;
  private readonly sipTiles: BulkInsert;

  constructor(
    db: Connection,
    private readonly keys: Pick<CommandKeys, 'add' | 'flush' | 'forget'> = new CommandKeys(db),
  ) {
    this.folds = new AccountFolds(db);
    this.mains = new BulkInsert(
      db,
      'main_accounts',
      `place, main_account_id, currency, purchased, available, sip_accounts_available, sip_accounts_count,
       revision, hash, recorded_at, recent`,
      {
        onConflict: `ON CONFLICT (place) DO UPDATE SET purchased = excluded.purchased,
          available = excluded.available,
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
    const { fold, sip } = this.folds.evolve(entry);
    const { recorded, metadata } = entry;
    const position = Number(recorded.position);
    const body = bodyOf(entry, fold.account, sip?.balance);
    this.entries.add(position, fold.place, recorded.revision, digestsOf(metadata), body);
    this.keys.add(fold.account.mainAccountId, metadata.idempotencyKey, position);
    const tile = fold.recent.add(position);
    if (tile !== undefined) this.tiles.add(fold.place, Math.floor(recorded.revision / TILE), tile);
    const sipTile = sip?.recent.add(position);
    if (sipTile !== undefined) this.sipTiles.add(fold.place, sip!.place, firstOf(sipTile), sipTile);
    // Only a build touches so many before it ends.
    if (this.folds.changes > MAX_CHANGED) this.flushAccounts();
  }

  flush(): void {
    this.entries.flush();
    this.keys.flush();
    this.tiles.flush();
    this.sipTiles.flush();
    this.flushAccounts();
  }

  forget(): void {
    this.folds.forget();
    this.keys.forget();
    for (const rows of [this.entries, this.tiles, this.sipTiles, this.mains, this.sips]) rows.forget();
  }

  private flushAccounts(): void {
    for (const fold of this.folds.unsettled) this.save(fold);
    for (const sip of this.folds.unsettledSips) this.saveSip(sip);
    this.mains.flush();
    this.sips.flush();
    this.folds.settle();
  }

  private save(fold: PartialFold): void {
    const { account, place, revision, hash, recordedAt, recent } = fold;
    this.mains.add(
      place,
      account.mainAccountId,
      account.currency ?? null,
      formatAmount(account.purchased),
      formatAmount(account.available),
      formatAmount(account.sipAccountsAvailable),
      account.sipAccountsCount,
      revision,
      hash ?? null,
      recordedAt,
      recent.text,
    );
  }

  private saveSip(sip: PartialSip): void {
    const { mainAccountId, place, sipAccountId, balance, movedAt, addedRevision, recent } = sip;
    const available = formatAmount(balance);
    this.sips.add(mainAccountId, place, sipAccountId, available, movedAt, addedRevision, recent.text);
  }
}

import type Database from 'libsql';
import { sipAvailable, type Fold } from '../../ledger/domain/account.js';
import { formatAmount, ZERO } from '../../ledger/domain/amount.js';
import { receiptOf } from '../../ledger/domain/receipt.js';
import { BulkInsert } from '../bulk-insert.js';
import type { LogEntry } from '../log-entry.js';
import { foldOf, PartialFolds, type FoldRow, type FoldSource, type PartialFold } from '../partial-folds.js';
import type { Projection, ProjectionWriter } from '../projection.js';

/** The balances as they are now, which are also the write side's snapshots, and every command's receipt by its key. */
export const accountsProjection: Projection = {
  name: 'accounts',
  schema: 2,
  tables: ['main_accounts', 'sip_accounts', 'commands'],
  // `place` is the order of opening and of adding. Commands lie in the order of the log, so that only the small
  // entries of their index are inserted here and there.
  ddl: `
    CREATE TABLE main_accounts (
      place INTEGER PRIMARY KEY,
      main_account_id TEXT NOT NULL UNIQUE,
      currency TEXT NOT NULL,
      purchased TEXT NOT NULL,
      available TEXT NOT NULL,
      sip_accounts_available TEXT NOT NULL,
      sip_accounts_count INTEGER NOT NULL,
      revision INTEGER NOT NULL,
      hash TEXT NOT NULL,
      recorded_at TEXT NOT NULL
    ) STRICT;
    CREATE TABLE sip_accounts (
      main_account_id TEXT NOT NULL,
      place INTEGER NOT NULL,
      sip_account_id TEXT NOT NULL,
      available TEXT NOT NULL,
      moved_at TEXT,
      PRIMARY KEY (main_account_id, place),
      UNIQUE (main_account_id, sip_account_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE commands (
      main_account_id TEXT NOT NULL,
      idempotency_key TEXT NOT NULL,
      fingerprint TEXT NOT NULL,
      receipt TEXT NOT NULL,
      position INTEGER PRIMARY KEY,
      UNIQUE (main_account_id, idempotency_key)
    ) STRICT`,
  open: (db) => new AccountsWriter(db),
};

class AccountsWriter implements ProjectionWriter {
  private readonly folds: PartialFolds;
  private readonly commands: BulkInsert;
  private readonly addedSips: BulkInsert;
  private readonly saveMain: Database.Statement;
  private readonly saveSip: Database.Statement;
  /** The SIP accounts whose credit was moved since the last flush, and when. */
  private readonly moved = new Map<Fold, Map<string, string>>();

  constructor(db: Database.Database) {
    this.folds = new PartialFolds(sourceIn(db));
    this.commands = new BulkInsert(
      db,
      'commands',
      'main_account_id, idempotency_key, fingerprint, receipt, position',
    );
    this.addedSips = new BulkInsert(db, 'sip_accounts', 'main_account_id, place, sip_account_id, available');
    this.saveMain = db.prepare(`
      INSERT INTO main_accounts (main_account_id, currency, purchased, available, sip_accounts_available,
        sip_accounts_count, revision, hash, recorded_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (main_account_id) DO UPDATE SET currency = excluded.currency, purchased = excluded.purchased,
        available = excluded.available, sip_accounts_available = excluded.sip_accounts_available,
        sip_accounts_count = excluded.sip_accounts_count, revision = excluded.revision, hash = excluded.hash,
        recorded_at = excluded.recorded_at`);
    this.saveSip = db.prepare(
      'UPDATE sip_accounts SET available = ?, moved_at = ? WHERE main_account_id = ? AND sip_account_id = ?',
    );
  }

  apply(entry: LogEntry): void {
    const { recorded, mainAccountId, event, metadata } = entry;
    const { account } = this.folds.evolve(entry);
    if (event.type === 'SipAccountAdded')
      this.addedSips.add(mainAccountId, account.sipAccountsCount, event.data.sipAccountId, ZERO);
    else if ('sipAccountId' in event.data)
      this.movedIn(account).set(event.data.sipAccountId, metadata.recordedAt);
    const booked = {
      eventId: recorded.id,
      revision: recorded.revision,
      recordedAt: metadata.recordedAt,
    };
    const receipt = JSON.stringify(receiptOf(event, booked, account));
    const { idempotencyKey, fingerprint } = metadata;
    this.commands.add(mainAccountId, idempotencyKey, fingerprint, receipt, recorded.position);
  }

  flush(): void {
    this.addedSips.flush();
    for (const fold of this.folds.unsettled) this.save(fold);
    this.commands.flush();
    this.folds.settle();
    this.moved.clear();
  }

  forget(): void {
    this.folds.forget();
    this.addedSips.forget();
    this.commands.forget();
    this.moved.clear();
  }

  private movedIn(account: Fold): Map<string, string> {
    let moved = this.moved.get(account);
    if (!moved) this.moved.set(account, (moved = new Map()));
    return moved;
  }

  private save({ account, revision, hash, recordedAt }: PartialFold): void {
    this.saveMain.run([
      account.mainAccountId,
      account.currency ?? null,
      formatAmount(account.purchased),
      formatAmount(account.available),
      formatAmount(account.sipAccountsAvailable),
      account.sipAccountsCount,
      revision,
      hash,
      recordedAt,
    ]);
    for (const [sipAccountId, movedAt] of this.moved.get(account) ?? []) {
      const available = formatAmount(sipAvailable(account, sipAccountId));
      this.saveSip.run([available, movedAt, account.mainAccountId, sipAccountId]);
    }
  }
}

function sourceIn(db: Database.Database): FoldSource {
  const main = db.prepare('SELECT * FROM main_accounts WHERE main_account_id = ?');
  const sip = db.prepare(
    'SELECT available FROM sip_accounts WHERE main_account_id = ? AND sip_account_id = ?',
  );
  return {
    mainAccount(mainAccountId) {
      const row = main.get([mainAccountId]) as FoldRow | undefined;
      return row && foldOf(mainAccountId, row);
    },
    sipAccount(mainAccountId, sipAccountId) {
      return (sip.get([mainAccountId, sipAccountId]) as { available: string } | undefined)?.available;
    },
  };
}

import type Database from 'libsql';
import { sipAvailable } from '../../ledger/domain/account.js';
import { formatAmount } from '../../ledger/domain/amount.js';
import { BulkInsert } from '../bulk-insert.js';
import type { LogEntry } from '../log-entry.js';
import { foldOf, PartialFolds, type FoldRow, type FoldSource } from '../partial-folds.js';
import type { Projection, ProjectionWriter } from '../projection.js';

/** Every event with the balances right after it. */
export const historyProjection: Projection = {
  name: 'history',
  schema: 3,
  tables: ['entries'],
  // Entries lie in the order of the log: only the small entries of the indexes are inserted here and there. These
  // find an account's entries in order, a SIP account's, the last one above all, and the SIP accounts that an
  // account had at a revision.
  ddl: `
    CREATE TABLE entries (
      main_account_id TEXT NOT NULL,
      revision INTEGER NOT NULL,
      position INTEGER PRIMARY KEY,
      event_id TEXT NOT NULL,
      type TEXT NOT NULL,
      recorded_at TEXT NOT NULL,
      sip_account_id TEXT,
      amount TEXT,
      currency TEXT,
      reference TEXT,
      actor TEXT NOT NULL,
      idempotency_key TEXT NOT NULL,
      hash TEXT NOT NULL,
      purchased TEXT NOT NULL,
      available TEXT NOT NULL,
      sip_accounts_available TEXT NOT NULL,
      sip_accounts_count INTEGER NOT NULL,
      sip_available TEXT,
      UNIQUE (main_account_id, revision)
    ) STRICT;
    CREATE INDEX entries_of_sip_account ON entries (main_account_id, sip_account_id, revision)
      WHERE sip_account_id IS NOT NULL;
    CREATE INDEX entries_of_addition ON entries (main_account_id, revision) WHERE type = 'SipAccountAdded'`,
  open: (db) => new HistoryWriter(db),
};

const COLUMNS = `main_account_id, revision, position, event_id, type, recorded_at, sip_account_id, amount, currency,
  reference, actor, idempotency_key, hash, purchased, available, sip_accounts_available, sip_accounts_count,
  sip_available`;

class HistoryWriter implements ProjectionWriter {
  private readonly folds: PartialFolds;
  private readonly entries: BulkInsert;

  constructor(db: Database.Database) {
    this.folds = new PartialFolds(sourceIn(db));
    this.entries = new BulkInsert(db, 'entries', COLUMNS);
  }

  apply(entry: LogEntry): void {
    const { recorded, mainAccountId, event, metadata } = entry;
    const { account } = this.folds.evolve(entry);
    const { data } = event;
    const sipAccountId = 'sipAccountId' in data ? data.sipAccountId : null;
    this.entries.add(
      mainAccountId,
      recorded.revision,
      recorded.position,
      recorded.id,
      event.type,
      metadata.recordedAt,
      sipAccountId,
      'amount' in data ? data.amount : null,
      'currency' in data ? data.currency : null,
      'reference' in data ? data.reference : null,
      metadata.actor,
      metadata.idempotencyKey,
      metadata.hash,
      formatAmount(account.purchased),
      formatAmount(account.available),
      formatAmount(account.sipAccountsAvailable),
      account.sipAccountsCount,
      sipAccountId === null ? null : formatAmount(sipAvailable(account, sipAccountId)),
    );
  }

  flush(): void {
    this.entries.flush();
    this.folds.settle();
  }

  forget(): void {
    this.entries.forget();
    this.folds.forget();
  }
}

/** The balances of an account are those after its last entry. */
function sourceIn(db: Database.Database): FoldSource {
  const last = db.prepare('SELECT * FROM entries WHERE main_account_id = ? ORDER BY revision DESC LIMIT 1');
  const lastOfSip = db.prepare(`
    SELECT sip_available FROM entries
    WHERE main_account_id = ? AND sip_account_id = ? ORDER BY revision DESC LIMIT 1`);
  return {
    mainAccount(mainAccountId) {
      const row = last.get([mainAccountId]) as FoldRow | undefined;
      return row && foldOf(mainAccountId, row);
    },
    sipAccount(mainAccountId, sipAccountId) {
      const row = lastOfSip.get([mainAccountId, sipAccountId]) as { sip_available: string } | undefined;
      return row?.sip_available;
    },
  };
}

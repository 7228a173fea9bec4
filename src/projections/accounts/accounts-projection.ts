import type { Projection } from '../projection.js';
import { AccountsWriter } from './accounts-writer.js';

/**
 * The balances as they are now, which are also the write side's snapshots, and every event with the balances right
 * after it: an account's history, and by their keys the receipts of its commands.
 */
export const accountsProjection: Projection = {
  name: 'accounts',
  schema: 4,
  // The last one was a table of its own before schema 3.
  tables: ['main_accounts', 'sip_accounts', 'entries', 'entry_tiles', 'sip_entry_tiles', 'commands'],
  // `place` is the order of opening and of adding. Entries lie in the order of the log; `account` is the place of
  // theirs, `recent` and the tiles say where they lie. Only their keys are an index, inserted here and there.
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
      recorded_at TEXT NOT NULL,
      recent TEXT NOT NULL
    ) STRICT;
    CREATE TABLE sip_accounts (
      main_account_id TEXT NOT NULL,
      place INTEGER NOT NULL,
      sip_account_id TEXT NOT NULL,
      available TEXT NOT NULL,
      moved_at TEXT,
      added_revision INTEGER NOT NULL,
      recent TEXT NOT NULL,
      PRIMARY KEY (main_account_id, place),
      UNIQUE (main_account_id, sip_account_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE entries (
      position INTEGER PRIMARY KEY,
      account INTEGER NOT NULL,
      revision INTEGER NOT NULL,
      event_id TEXT NOT NULL,
      type TEXT NOT NULL,
      recorded_at TEXT NOT NULL,
      sip_account_id TEXT,
      amount TEXT,
      currency TEXT,
      reference TEXT,
      actor TEXT NOT NULL,
      idempotency_key TEXT NOT NULL,
      fingerprint BLOB NOT NULL,
      hash BLOB NOT NULL,
      available TEXT NOT NULL,
      sip_accounts_available TEXT NOT NULL,
      sip_accounts_count INTEGER NOT NULL,
      sip_available TEXT,
      UNIQUE (account, idempotency_key)
    ) STRICT;
    CREATE TABLE entry_tiles (
      account INTEGER NOT NULL,
      tile INTEGER NOT NULL,
      positions TEXT NOT NULL,
      PRIMARY KEY (account, tile)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE sip_entry_tiles (
      account INTEGER NOT NULL,
      sip_account INTEGER NOT NULL,
      first INTEGER NOT NULL,
      positions TEXT NOT NULL,
      PRIMARY KEY (account, sip_account, first)
    ) STRICT, WITHOUT ROWID;
    DROP VIEW IF EXISTS history;
    CREATE VIEW history AS
      SELECT position, account, (SELECT main_account_id FROM main_accounts WHERE place = account) AS main_account_id,
        revision, event_id, type, recorded_at, sip_account_id, amount, currency, reference, actor,
        idempotency_key, lower(hex(fingerprint)) AS fingerprint, lower(hex(hash)) AS hash, available,
        sip_accounts_available, sip_accounts_count, sip_available
      FROM entries`,
  open: (db) => new AccountsWriter(db),
};

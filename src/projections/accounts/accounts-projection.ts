import type { Projection } from '../projection.js';
import { AccountsWriter } from './accounts-writer.js';
import { KEY_DDL, KEY_TABLES } from './command-keys.js';
import { BODY } from './entry-body.js';

/**
 * The balances as they are now, which are also the write side's snapshots, and every event with the balances right
 * after it: an account's history, and by their keys the receipts of its commands.
 */
export const accountsProjection: Projection = {
  name: 'accounts',
  schema: 7,
  // The last one was a table of its own before schema 3.
  tables: [
    'main_accounts',
    'sip_accounts',
    'entries',
    'entry_tiles',
    'sip_entry_tiles',
    'commands',
    ...KEY_TABLES,
  ],
  // `place` is the order of opening and of adding. Entries lie in the order of the log; `account` is the place of
  // theirs, `recent` and the tiles say where they lie.
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
      digests BLOB NOT NULL,
      body TEXT NOT NULL
    ) STRICT;
    ${KEY_DDL}
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
        revision, lower(hex(substr(digests, 1, 32))) AS fingerprint, lower(hex(substr(digests, 33))) AS hash,
        ${BODY.map((column, i) => `body ->> ${i} AS ${column}`).join(', ')}
      FROM entries`,
  open: (db) => new AccountsWriter(db),
};

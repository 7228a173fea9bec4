import { readFile } from 'node:fs/promises';
import type { Postgres } from '../postgres.js';
import { AMOUNT, FUNDS } from '../scenarios.js';

/**
 * Bytes on disk of an entry of the row-lock peer, with its indexes and the accounts: so many entries, to all accounts
 * in turn, with keys as long as the bench's. They are inserted at once; the updates of balances, which would leave dead rows, are spared.
 */
export async function entryBytes(postgres: Postgres, entries: number, accounts: number): Promise<number> {
  const { pool } = await postgres.createDatabase('bytes');
  await pool.query(await readFile(new URL('row-lock.sql', import.meta.url), 'utf8'));
  const account = `'customer-' || n`;
  await pool.query(
    `insert into main_account (id, currency, available, purchased)
     select ${account}, 'EUR', $1, $1 from generate_series(0, $2::int - 1) n`,
    [FUNDS, accounts],
  );
  await pool.query(
    `insert into sip_account (main_account_id, id) select ${account}, 'sip-0' from generate_series(0, $1::int - 1) n`,
    [accounts],
  );
  await pool.query(
    `insert into entry (main_account_id, revision, type, sip_account_id, amount, idempotency_key, fingerprint, actor,
       main_available, sips_available, sip_available)
     select 'customer-' || n % $2::int, n / $2::int, 'CreditAllocated', 'sip-0', $3::numeric, 'mb2k9x3f-12-' || n,
       sha256(n::text::bytea), 'key:bench', $4::numeric, $3::numeric, $3::numeric
     from generate_series(0, $1::int - 1) n`,
    [entries, accounts, AMOUNT, FUNDS],
  );
  const { rows } = await pool.query<{ bytes: string }>(
    `select sum(pg_total_relation_size(name)) as bytes
     from unnest(array['main_account', 'sip_account', 'entry']::regclass[]) name`,
  );
  return Number(rows[0]?.bytes) / entries;
}

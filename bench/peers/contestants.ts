import { readFile } from 'node:fs/promises';
import type { Pool } from 'pg';
import { startScript } from '../child.js';
import type { Contestant, Running } from '../contestant.js';
import type { Postgres } from '../postgres.js';
import { AMOUNT, FUNDS, mainAccountIds, sipAccountIds, type Scenario } from '../scenarios.js';

interface Books {
  /** The schema's file. */
  readonly schema: string;
  /** $1 main accounts, $2 SIP accounts, $3 funds of each main account. */
  readonly seed: string;
  /** $1 main accounts; one row: entries, keys, and how many accounts are wrong. */
  readonly verify: string;
}

const ROWS: Books = {
  schema: 'row-lock.sql',
  seed: `with main as (
      insert into main_account (id, currency, available, purchased) select id, 'EUR', $3, $3 from unnest($1::text[]) id
      returning id)
    insert into sip_account (main_account_id, id) select main.id, sip from main, unnest($2::text[]) sip`,
  verify: `select (select count(*) from entry where main_account_id = any($1)) as entries,
      (select count(distinct (main_account_id, idempotency_key)) from entry where main_account_id = any($1)) as keys,
      (select count(*) from main_account m
        left join (select main_account_id, sum(amount) as spent, count(*) as entries from entry group by 1) e
          on e.main_account_id = m.id
        left join (select main_account_id, sum(available) as available from sip_account group by 1) s
          on s.main_account_id = m.id
        where m.id = any($1) and (m.purchased <> m.available + s.available or s.available <> m.sips_available
          or coalesce(e.spent, 0) <> s.available or coalesce(e.entries, 0) <> m.revision + 1)) as wrong`,
};

const EVENTS: Books = {
  schema: 'event-table.sql',
  seed: `insert into event (main_account_id, revision, type, data, idempotency_key, fingerprint, actor)
    select m, 0, 'MainAccountOpened', '{"currency":"EUR"}'::jsonb, 'open', ''::bytea, 'key:bench' from unnest($1::text[]) m
    union all
    select m, 1, 'CreditPurchased', jsonb_build_object('amount', $3::text), 'fund', '', 'key:bench'
      from unnest($1::text[]) m
    union all
    select m, 1 + n, 'SipAccountAdded', jsonb_build_object('sipAccountId', s), 'add-' || s, '', 'key:bench'
      from unnest($1::text[]) m, unnest($2::text[]) with ordinality as sip (s, n)`,
  verify: `with allocated as (
      select main_account_id, count(*) as events, max(revision) as last,
        count(*) filter (where type = 'CreditAllocated') as entries,
        sum((data->>'amount')::numeric) filter (where type = 'CreditPurchased') as purchased,
        coalesce(sum((data->>'amount')::numeric) filter (where type = 'CreditAllocated'), 0) as spent
      from event where main_account_id = any($1) group by 1)
    select sum(entries) as entries, sum(entries) as keys,
      count(*) filter (where purchased < spent or events <> last + 1) as wrong from allocated`,
};

const contestant = (
  postgres: Postgres,
  books: Books,
  peer: string,
  poolSize: number,
  about: string,
): Contestant => ({
  name: `${peer} (${poolSize})`,
  about,
  books: true,
  start: async () => {
    const { connection, pool } = await postgres.createDatabase(`${peer.replaceAll('-', '_')}_${poolSize}`);
    await pool.query(await readFile(new URL(books.schema, import.meta.url), 'utf8'));
    const server = await startScript(new URL('server.ts', import.meta.url), [
      peer,
      String(poolSize),
      JSON.stringify(connection),
    ]);
    return { ...server, pids: [...server.pids, postgres.pid], ...bookkeeping(pool, books) };
  },
});

const bookkeeping = (pool: Pool, books: Books): Pick<Running, 'seed' | 'settle' | 'verify'> => ({
  seed: async (scenario: Scenario) => {
    await pool.query(books.seed, [mainAccountIds(scenario), sipAccountIds(scenario), FUNDS]);
    await pool.query('vacuum analyze');
  },
  // A request that was cut off may still be on its way through the server.
  settle: async () => {
    await pool.query('select pg_sleep(0.05)');
  },
  verify: async (scenario: Scenario) => {
    const { rows } = await pool.query<{ entries: string; keys: string; wrong: string }>(books.verify, [
      mainAccountIds(scenario),
    ]);
    const { entries = '0', keys, wrong } = rows[0] ?? {};
    if (wrong !== '0') throw new Error(`${wrong} accounts do not add up (each entry is ${AMOUNT})`);
    if (entries !== keys) throw new Error(`${entries} entries, but ${keys} keys`);
    return Number(entries);
  },
});

/** PostgreSQL ledgers as a good engineer would write them. */
export const peers = (postgres: Postgres): Contestant[] => [
  contestant(postgres, ROWS, 'row-lock', 6, 'one PL/pgSQL call with row locks, Fastify, pool of 6'),
  contestant(postgres, ROWS, 'row-lock', 20, 'the same, pool of 20'),
  contestant(postgres, ROWS, 'group-commit', 2, 'the same with group commit in the service, 2 lanes'),
  contestant(postgres, EVENTS, 'event-table', 20, 'event table, optimistic retry, pool of 20'),
];

-- The events are all there is. Whoever is first at a revision has it; the others read on and try again.

create table event (
  main_account_id text not null,
  revision bigint not null,
  event_id uuid not null default gen_random_uuid(),
  type text not null,
  data jsonb not null,
  idempotency_key text not null,
  fingerprint bytea not null,
  actor text not null,
  recorded_at timestamptz not null default clock_timestamp(),
  position bigint generated always as identity,
  primary key (main_account_id, revision),
  unique (main_account_id, idempotency_key)
);

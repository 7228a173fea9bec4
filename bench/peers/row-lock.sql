-- Balances in rows that are locked, entries beside them. One call of the function is one command.

create table main_account (
  id text primary key,
  currency char(3) not null,
  available numeric(16, 4) not null default 0 check (available >= 0),
  sips_available numeric(16, 4) not null default 0 check (sips_available >= 0),
  purchased numeric(16, 4) not null default 0,
  revision bigint not null default -1
) with (fillfactor = 50); -- room for the new row on the same page: no index has to change

create table sip_account (
  main_account_id text not null references main_account,
  id text not null,
  available numeric(16, 4) not null default 0 check (available >= 0),
  primary key (main_account_id, id)
) with (fillfactor = 50);

create table entry (
  main_account_id text not null,
  revision bigint not null,
  event_id uuid not null default gen_random_uuid(),
  type text not null,
  sip_account_id text not null,
  amount numeric(16, 4) not null check (amount > 0),
  idempotency_key text not null,
  fingerprint bytea not null,
  actor text not null,
  recorded_at timestamptz not null default clock_timestamp(),
  main_available numeric(16, 4) not null,
  sips_available numeric(16, 4) not null,
  sip_available numeric(16, 4) not null,
  primary key (main_account_id, revision),
  unique (main_account_id, idempotency_key)
);

create type outcome as (
  outcome text,
  event_id uuid,
  revision bigint,
  recorded_at timestamptz,
  main_available numeric(16, 4),
  sips_available numeric(16, 4),
  sip_available numeric(16, 4)
);

create function add_credit(p_main text, p_sip text, p_key text, p_fingerprint bytea, p_amount numeric)
returns outcome language plpgsql as $$
declare
  v_main main_account;
  v_entry entry;
  v_sip numeric(16, 4);
begin
  select * into v_main from main_account where id = p_main for update;
  if not found then
    return row('main-account-not-found'::text, null, null, null, null, null, null);
  end if;
  select * into v_entry from entry where main_account_id = p_main and idempotency_key = p_key;
  if found then
    if v_entry.fingerprint <> p_fingerprint then
      return row('idempotency-key-reused'::text, null, null, null, null, null, null);
    end if;
    return row('replayed'::text, v_entry.event_id, v_entry.revision, v_entry.recorded_at,
      v_entry.main_available, v_entry.sips_available, v_entry.sip_available);
  end if;
  if v_main.available < p_amount then
    return row('insufficient-credit'::text, null, null, null, v_main.available, null, null);
  end if;
  update sip_account set available = available + p_amount
    where main_account_id = p_main and id = p_sip returning available into v_sip;
  if not found then
    return row('sip-account-not-found'::text, null, null, null, null, null, null);
  end if;
  update main_account
    set available = available - p_amount, sips_available = sips_available + p_amount, revision = revision + 1
    where id = p_main;
  insert into entry (main_account_id, revision, type, sip_account_id, amount, idempotency_key, fingerprint,
      actor, main_available, sips_available, sip_available)
    values (p_main, v_main.revision + 1, 'CreditAllocated', p_sip, p_amount, p_key, p_fingerprint,
      'key:bench', v_main.available - p_amount, v_main.sips_available + p_amount, v_sip)
    returning * into v_entry;
  return row('booked'::text, v_entry.event_id, v_entry.revision, v_entry.recorded_at,
    v_entry.main_available, v_entry.sips_available, v_entry.sip_available);
end
$$;

-- Many commands in one transaction, in their order; each is booked or refused by itself.
create function add_credits(p_mains text[], p_sips text[], p_keys text[], p_fingerprints bytea[], p_amounts numeric[])
returns setof outcome language plpgsql as $$
begin
  for i in 1 .. cardinality(p_mains) loop
    return next add_credit(p_mains[i], p_sips[i], p_keys[i], p_fingerprints[i], p_amounts[i]);
  end loop;
end
$$;

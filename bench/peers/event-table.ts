import { setTimeout as delay } from 'node:timers/promises';
import { Big } from 'big.js';
import type { Pool } from 'pg';
import type { AddCredit, Book, Outcome } from './peer.js';

/** The fold of a main account's events, kept in memory so that only the newest have to be read. */
interface Account {
  revision: number;
  available: Big;
  sipsAvailable: Big;
  readonly sipAccounts: Map<string, Big>;
}

interface Stored {
  readonly revision: string;
  readonly type: string;
  readonly data: { readonly amount?: string; readonly sipAccountId?: string };
}

interface Known {
  readonly event_id: string;
  readonly revision: string;
  readonly recorded_at: Date;
  readonly fingerprint: Buffer;
}

const refusal = (outcome: Outcome['outcome']): Outcome => ({
  outcome,
  event_id: null,
  revision: null,
  recorded_at: null,
  main_available: null,
  sips_available: null,
  sip_available: null,
});

/** Read the newest events, decide, insert at the expected revision; on a lost race, again. */
export function eventTable(pool: Pool): Book {
  const accounts = new Map<string, Account>();
  return async (command) => {
    for (let attempt = 0; ; attempt++) {
      const account = await catchUp(pool, accounts, command.mainAccountId);
      const outcome = decide(account, command) ?? (await append(pool, account, command));
      if (outcome) return outcome;
      await delay(Math.random() * Math.min(8, 2 ** attempt));
    }
  };
}

async function catchUp(pool: Pool, accounts: Map<string, Account>, mainAccountId: string): Promise<Account> {
  let account = accounts.get(mainAccountId);
  if (!account) {
    account = { revision: -1, available: new Big(0), sipsAvailable: new Big(0), sipAccounts: new Map() };
    accounts.set(mainAccountId, account);
  }
  const { rows } = await pool.query<Stored>({
    name: 'read-stream',
    text: 'select revision, type, data from event where main_account_id = $1 and revision > $2 order by revision',
    values: [mainAccountId, account.revision],
  });
  // Another request may have folded some of them while this one read.
  for (const event of rows) if (Number(event.revision) > account.revision) evolve(account, event);
  return account;
}

function evolve(account: Account, { revision, type, data }: Stored): void {
  const { amount = '0', sipAccountId = '' } = data;
  account.revision = Number(revision);
  if (type === 'CreditPurchased') account.available = account.available.plus(amount);
  if (type === 'SipAccountAdded') account.sipAccounts.set(sipAccountId, new Big(0));
  if (type !== 'CreditAllocated') return;
  account.available = account.available.minus(amount);
  account.sipsAvailable = account.sipsAvailable.plus(amount);
  account.sipAccounts.set(sipAccountId, (account.sipAccounts.get(sipAccountId) ?? new Big(0)).plus(amount));
}

function decide(account: Account, { sipAccountId, amount }: AddCredit): Outcome | undefined {
  if (account.revision < 0) return refusal('main-account-not-found');
  if (!account.sipAccounts.has(sipAccountId)) return refusal('sip-account-not-found');
  if (account.available.lt(amount)) return refusal('insufficient-credit');
  return undefined;
}

/** @returns undefined when another command was first at the revision */
async function append(pool: Pool, account: Account, command: AddCredit): Promise<Outcome | undefined> {
  const { mainAccountId, sipAccountId, amount, idempotencyKey, fingerprint } = command;
  const balances = {
    main_available: account.available.minus(amount).toFixed(4),
    sips_available: account.sipsAvailable.plus(amount).toFixed(4),
    sip_available: (account.sipAccounts.get(sipAccountId) ?? new Big(0)).plus(amount).toFixed(4),
  };
  const { rows } = await pool.query<Known>({
    name: 'append',
    text: `insert into event (main_account_id, revision, type, data, idempotency_key, fingerprint, actor)
      values ($1, $2, 'CreditAllocated', $3, $4, $5, 'key:bench') on conflict do nothing
      returning event_id, revision, recorded_at, fingerprint`,
    values: [mainAccountId, account.revision + 1, { sipAccountId, amount }, idempotencyKey, fingerprint],
  });
  const [booked] = rows;
  if (booked) return { outcome: 'booked', ...booked, ...balances };
  return await replay(pool, command);
}

/** The balances of that moment are not stored, so a replay names the event alone. */
async function replay(pool: Pool, command: AddCredit): Promise<Outcome | undefined> {
  const { rows } = await pool.query<Known>({
    name: 'find-key',
    text: `select event_id, revision, recorded_at, fingerprint from event
      where main_account_id = $1 and idempotency_key = $2`,
    values: [command.mainAccountId, command.idempotencyKey],
  });
  const [known] = rows;
  if (!known) return undefined;
  if (`\\x${known.fingerprint.toString('hex')}` !== command.fingerprint)
    return refusal('idempotency-key-reused');
  return { ...refusal('replayed'), ...known };
}

import { Injectable } from '@nestjs/common';
import { Big } from 'big.js';
import { START, type Position } from '../../event-store/event-store.js';
import {
  AccountsIndex,
  type CommandKey,
  type KnownCommand,
  type Snapshot,
} from '../../ledger/accounts-index.js';
import { emptyFold } from '../../ledger/domain/account.js';
import { parseEvent } from '../../ledger/domain/events.js';
import { receiptOf } from '../../ledger/domain/receipt.js';
import { ENTRY, type EntryRow } from '../history/entries.js';
import { Projections } from '../projections.js';
import { ReadModels } from '../read-models.js';
import { accountOf, type MainRow } from './account-folds.js';

/**
 * The accounts projection as the write side sees it. Before the read models are open it knows nothing, and says
 * so by its position; from then on it fails rather than forgets.
 */
@Injectable()
export class SqliteAccountsIndex extends AccountsIndex {
  constructor(
    private readonly projections: Projections,
    private readonly models: ReadModels,
  ) {
    super();
  }

  get position(): Position {
    return this.projections.position('accounts');
  }

  snapshot(mainAccountId: string): Snapshot | undefined {
    if (this.position === START) return undefined;
    return this.models.atOnce(() => {
      const row = this.models
        .query<MainRow>('SELECT * FROM main_accounts WHERE main_account_id = ?')
        .get(mainAccountId);
      if (!row) return undefined;
      const account = accountOf(mainAccountId, row);
      const sipAccounts = this.models
        .query<{ sip_account_id: string; available: string }>(
          'SELECT sip_account_id, available FROM sip_accounts WHERE main_account_id = ? ORDER BY place',
        )
        .all(mainAccountId);
      for (const { sip_account_id: sipAccountId, available } of sipAccounts)
        account.sipAccounts.set(sipAccountId, new Big(available));
      return { account, head: { revision: row.revision, hash: row.hash, recordedAt: row.recorded_at } };
    });
  }

  command(mainAccountId: string, idempotencyKey: string): KnownCommand | undefined {
    if (this.position === START) return undefined;
    const row = this.models
      .query<CommandRow>(
        `SELECT ${COMMAND} FROM main_accounts CROSS JOIN history ON account = place
         WHERE main_accounts.main_account_id = ? AND idempotency_key = ?`,
      )
      .get(mainAccountId, idempotencyKey);
    return row && commandOf(mainAccountId, row);
  }

  override commands(keys: readonly CommandKey[]): (KnownCommand | undefined)[] {
    const known: (KnownCommand | undefined)[] = keys.map(() => undefined);
    if (this.position === START) return known;
    const pairs = keys.map(({ mainAccountId, idempotencyKey }) => [mainAccountId, idempotencyKey]);
    // CROSS JOIN: the indexes are asked for each key, instead of the keys for each row.
    const rows = this.models
      .query<CommandRow & { mainAccountId: string; nth: number }>(
        `SELECT asked.key AS nth, main_accounts.main_account_id AS mainAccountId, ${COMMAND}
         FROM json_each(?) AS asked
         CROSS JOIN main_accounts ON main_accounts.main_account_id = asked.value ->> 0
         CROSS JOIN history ON account = place AND idempotency_key = asked.value ->> 1`,
      )
      .all(JSON.stringify(pairs));
    for (const row of rows) known[row.nth] = commandOf(row.mainAccountId, row);
    return known;
  }
}

interface CommandRow extends EntryRow {
  readonly position: string;
}

const COMMAND = `${ENTRY}, CAST(position AS TEXT) AS position`;

const commandOf = (mainAccountId: string, row: CommandRow): KnownCommand => ({
  fingerprint: row.fingerprint,
  receipt: receiptIn(mainAccountId, row),
  position: BigInt(row.position),
});

/** The receipt as it was answered: it is made of what the entry holds, by the rule that made it first. */
function receiptIn(mainAccountId: string, row: EntryRow): string {
  const { sip_account_id: sipAccountId, amount, currency, reference } = row;
  const fields = Object.entries({ currency, reference, sipAccountId, amount });
  const data: unknown = Object.fromEntries(fields.filter(([, value]) => value !== null));
  const balances = {
    ...emptyFold(mainAccountId),
    available: new Big(row.available),
    sipAccountsAvailable: new Big(row.sip_accounts_available),
    sipAccounts: new Map(sipAccountId === null ? [] : [[sipAccountId, new Big(row.sip_available ?? 0)]]),
  };
  const booked = { eventId: row.event_id, revision: row.revision, recordedAt: row.recorded_at };
  return JSON.stringify(receiptOf(parseEvent(row.type, data), booked, balances));
}

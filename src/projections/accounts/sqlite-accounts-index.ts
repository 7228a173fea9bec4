import { Injectable } from '@nestjs/common';
import { Big } from 'big.js';
import { START, type Position } from '../../event-store/event-store.js';
import {
  AccountsIndex,
  type CommandKey,
  type KnownCommand,
  type Snapshot,
} from '../../ledger/accounts-index.js';
import { foldOf, type FoldRow } from '../partial-folds.js';
import { Projections } from '../projections.js';
import { ReadModels } from '../read-models.js';

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
        .query<FoldRow>('SELECT * FROM main_accounts WHERE main_account_id = ?')
        .get(mainAccountId);
      if (!row) return undefined;
      const { account } = foldOf(mainAccountId, row);
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
        `SELECT fingerprint, receipt, CAST(position AS TEXT) AS position FROM commands
       WHERE main_account_id = ? AND idempotency_key = ?`,
      )
      .get(mainAccountId, idempotencyKey);
    return row && commandOf(row);
  }

  override commands(keys: readonly CommandKey[]): (KnownCommand | undefined)[] {
    const known: (KnownCommand | undefined)[] = keys.map(() => undefined);
    if (this.position === START) return known;
    const pairs = keys.map(({ mainAccountId, idempotencyKey }) => [mainAccountId, idempotencyKey]);
    // CROSS JOIN: the index is asked for each key, instead of the keys for each row.
    const rows = this.models
      .query<CommandRow & { place: number }>(
        `SELECT asked.key AS place, fingerprint, receipt, CAST(position AS TEXT) AS position
       FROM json_each(?) AS asked CROSS JOIN commands
       ON main_account_id = asked.value ->> 0 AND idempotency_key = asked.value ->> 1`,
      )
      .all(JSON.stringify(pairs));
    for (const row of rows) known[row.place] = commandOf(row);
    return known;
  }
}

interface CommandRow {
  readonly fingerprint: string;
  readonly receipt: string;
  readonly position: string;
}

const commandOf = ({ fingerprint, receipt, position }: CommandRow): KnownCommand => ({
  fingerprint,
  receipt,
  position: BigInt(position),
});

import { Injectable } from '@nestjs/common';
import { Big } from 'big.js';
import { START, type Position } from '../../event-store/event-store.js';
import { AccountsIndex, type KnownCommand, type Snapshot } from '../../ledger/accounts-index.js';
import { emptyFold } from '../../ledger/domain/account.js';
import { kept } from '../../ledger/domain/amount.js';
import { parseEvent } from '../../ledger/domain/events.js';
import { receiptText } from '../../ledger/domain/receipt.js';
import { ENTRY, type EntryRow } from '../history/entries.js';
import { Projections } from '../projections.js';
import { ReadModels } from '../read-models.js';
import { keyHash } from './key-hash.js';
import { accountOf, type MainRow } from './partial-fold.js';

/**
 * The accounts projection as the write side sees it. Before the read models are open it knows nothing, and says
 * so by its position; from then on it fails rather than forgets.
 */
@Injectable()
export class SqliteAccountsIndex extends AccountsIndex {
  /** Between two hashes of keys there is none, as of the moment that `atOnce` answers of; undefined when there is no such. */
  private gap: Gap | undefined;

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
    const row = this.models.query<SnapshotRow>(SNAPSHOT).get(mainAccountId, mainAccountId);
    if (!row) return undefined;
    const account = accountOf(mainAccountId, row);
    for (const [sipAccountId, available] of JSON.parse(row.sips) as readonly [string, string][])
      account.sipAccounts.set(sipAccountId, kept(new Big(available)));
    return { account, head: { revision: row.revision, hash: row.hash } };
  }

  command(mainAccountId: string, idempotencyKey: string): KnownCommand | undefined {
    if (this.position === START) return undefined;
    const hash = keyHash(mainAccountId, idempotencyKey);
    // Nearly every key is new: that takes a small part of the time that reading an entry does.
    if (this.isFree(hash)) return undefined;
    const row = this.models
      .query<CommandRow>(
        `SELECT ${COMMAND} FROM command_keys JOIN history USING (position) WHERE command_keys.hash = ?`,
      )
      .get(hash);
    return row && this.commandIn(row, mainAccountId, idempotencyKey);
  }

  /** To begin and end a transaction for each question takes several times as long as to answer it. */
  override atOnce<Result>(work: () => Result): Result {
    if (!this.models.isOpen) return work();
    this.gap = { from: 0, to: 0 };
    try {
      return this.models.atOnce(work);
    } finally {
      this.gap = undefined;
    }
  }

  /** Whether no key has the hash. Running numbers that are new lie in one gap, and the first one finds its end. */
  private isFree(hash: number): boolean {
    if (this.gap && this.gap.from <= hash && hash < this.gap.to) return true;
    const next = this.models
      .query<{ hash: number }>('SELECT hash FROM command_keys WHERE hash >= ? ORDER BY hash LIMIT 1')
      .get(hash);
    if (next?.hash === hash) return false;
    if (this.gap) this.gap = { from: hash, to: next?.hash ?? Infinity };
    return true;
  }

  /** @param first the first entry with the hash of the key, which may be another's */
  private commandIn(
    first: CommandRow,
    mainAccountId: string,
    idempotencyKey: string,
  ): KnownCommand | undefined {
    const isIt = (row: CommandRow): boolean =>
      row.idempotency_key === idempotencyKey && row.main_account_id === mainAccountId;
    if (isIt(first)) return commandOf(mainAccountId, first);
    const row = this.models
      .query<CommandRow>(
        `SELECT ${COMMAND} FROM colliding_keys JOIN history USING (position) WHERE colliding_keys.hash = ?`,
      )
      .all(keyHash(mainAccountId, idempotencyKey))
      .find(isIt);
    return row && commandOf(mainAccountId, row);
  }
}

/** From the first number on, up to but without the second. */
interface Gap {
  readonly from: number;
  readonly to: number;
}

interface SnapshotRow extends Omit<MainRow, 'place' | 'recorded_at' | 'recent'> {
  readonly sips: string;
}

/** One statement, and the SIP accounts as one text: to make an object of each takes longer. */
const SNAPSHOT = `SELECT currency, purchased, available, sip_accounts_available, sip_accounts_count, revision, hash,
    (SELECT json_group_array(json_array(sip_account_id, available)) FROM
      (SELECT sip_account_id, available FROM sip_accounts WHERE main_account_id = ? ORDER BY place)) AS sips
  FROM main_accounts WHERE main_account_id = ?`;

interface CommandRow extends EntryRow {
  readonly main_account_id: string;
  readonly position: string;
}

const COMMAND = `${ENTRY}, history.main_account_id, CAST(position AS TEXT) AS position`;

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
  return receiptText(parseEvent(row.type, data), booked, balances);
}

import type { LedgerEvent } from '../../ledger/domain/events.js';
import { TILE } from '../accounts/tiles.js';
import type { ReadModels } from '../read-models.js';

/** An event of an account with the balances right after it. */
export interface EntryRow {
  readonly revision: number;
  readonly event_id: string;
  readonly type: LedgerEvent['type'];
  readonly recorded_at: string;
  readonly sip_account_id: string | null;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly reference: string | null;
  readonly actor: string;
  readonly idempotency_key: string;
  /** Hexadecimal. */
  readonly fingerprint: string;
  readonly hash: string;
  readonly available: string;
  readonly sip_accounts_available: string;
  readonly sip_accounts_count: number;
  readonly sip_available: string | null;
}

/** The columns of an `EntryRow`, in the view `history`. */
export const ENTRY = `history.revision, event_id, history.type, history.recorded_at, sip_account_id, amount,
  history.currency, reference, actor, idempotency_key, fingerprint, history.hash, history.available,
  history.sip_accounts_available, history.sip_accounts_count, sip_available`;

/** Some entries of an account, in the order of their revisions. */
export interface EntryRange {
  readonly account: number;
  readonly begin: number;
  /** Exclusive. */
  readonly end: number;
  readonly newestFirst?: boolean;
  readonly limit: number;
  /** What columns must be. */
  readonly where?: Readonly<Record<string, string | undefined>>;
}

/** In SQL. The parameters before it are those of `entriesIn`. */
const isEqual = ([column]: readonly [string, string], i: number): string =>
  `AND history.${column} = ?${i + 7}`;

/** Reads all entries of the range but those that its limit leaves out, or its conditions. */
export function entriesIn(models: ReadModels, range: EntryRange): EntryRow[] {
  const { account, newestFirst = false, limit, where = {} } = range;
  const conditions = Object.entries(where).filter(
    (condition): condition is [string, string] => condition[1] !== undefined,
  );
  const cut = conditions.length === 0;
  const begin = cut && newestFirst ? Math.max(range.begin, range.end - limit) : range.begin;
  const end = cut && !newestFirst ? Math.min(range.end, begin + limit) : range.end;
  return models
    .query<EntryRow>(
      `SELECT ${ENTRY} FROM (
         SELECT positions FROM entry_tiles WHERE account = ?1 AND tile BETWEEN ?2 AND ?3
         UNION ALL SELECT recent FROM main_accounts WHERE place = ?1
       ) CROSS JOIN json_each(positions) AS place CROSS JOIN history ON position = place.value
       WHERE history.revision >= ?4 AND history.revision < ?5 ${conditions.map(isEqual).join(' ')}
       ORDER BY revision ${newestFirst ? 'DESC' : ''} LIMIT ?6`,
    )
    .all(
      account,
      Math.floor(begin / TILE),
      Math.floor(end / TILE),
      begin,
      end,
      limit,
      ...conditions.map(([, value]) => value),
    );
}

/** Where in the log an account's event lies, in SQL. @param tile and place in it: parameters; the account is `?1` */
const positionBy = (tile: string, place: string): string =>
  `coalesce((SELECT positions FROM entry_tiles WHERE account = ?1 AND tile = ${tile}),
    (SELECT recent FROM main_accounts WHERE place = ?1)) ->> CAST(${place} AS INTEGER)`;

/** Undefined for a revision that the history does not hold. */
export function entryAt(models: ReadModels, account: number, revision: number): EntryRow | undefined {
  const row = models
    .query<EntryRow>(`SELECT ${ENTRY} FROM history WHERE position = ${positionBy('?2', '?3')}`)
    .get(account, Math.floor(revision / TILE), revision % TILE);
  // The place of a revision that is still to come, or of none, is in the last tile that of another.
  return row?.revision === revision ? row : undefined;
}

/** Where the positions of a SIP account's entries are, in SQL: those since the last full tile, then the tiles. */
const RECENT_OF_SIP = `SELECT recent AS positions FROM sip_accounts
  WHERE main_account_id = ?2 AND sip_account_id = ?3`;
const TILES_OF_SIP = `SELECT positions FROM sip_entry_tiles WHERE account = ?1 AND sip_account =
  (SELECT place FROM sip_accounts WHERE main_account_id = ?2 AND sip_account_id = ?3)`;

/** What entries, and rows of SIP accounts, know their main account by. */
interface AccountKey {
  readonly account: number;
  readonly mainAccountId: string;
}

/** A SIP account's last entry that is not after a revision of its main account; undefined before it was added. */
export const lastOfSip = (
  models: ReadModels,
  { account, mainAccountId }: AccountKey,
  sipAccountId: string,
  revision: number,
): EntryRow | undefined =>
  models
    .query<EntryRow>(
      `WITH until AS (SELECT ${positionBy('?4', '?5')} AS position)
       SELECT ${ENTRY} FROM history WHERE position = (
         SELECT max(place.value) FROM (
           ${RECENT_OF_SIP} UNION ALL
           SELECT * FROM (${TILES_OF_SIP} AND first <= (SELECT position FROM until) ORDER BY first DESC LIMIT 1)
         ), json_each(positions) AS place WHERE place.value <= (SELECT position FROM until))`,
    )
    .get(account, mainAccountId, sipAccountId, Math.floor(revision / TILE), revision % TILE);

/** The last balances of a SIP account, newest first. */
export const lastBalancesOfSip = (
  models: ReadModels,
  { account, mainAccountId }: AccountKey,
  sipAccountId: string,
  count: number,
): string[] =>
  models
    .query<{ sip_available: string }>(
      `SELECT sip_available FROM (
         ${RECENT_OF_SIP} UNION ALL SELECT * FROM (${TILES_OF_SIP} ORDER BY first DESC LIMIT ?5)
       ) CROSS JOIN json_each(positions) AS place CROSS JOIN history ON position = place.value
       ORDER BY position DESC LIMIT ?4`,
    )
    .all(account, mainAccountId, sipAccountId, count, Math.ceil(count / TILE))
    .map(({ sip_available }) => sip_available);

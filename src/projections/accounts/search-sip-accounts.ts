import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { MainAccountNotFound } from '../../ledger/domain/errors.js';
import { nameOf, namesPosition } from '../names/names.js';
import { searchText } from '../names/search-text.js';
import type { AtLeast, Freshness } from '../freshness.js';
import { Reads } from '../reads.js';
import type { ReadModels } from '../read-models.js';
import { TOTALS, type Totals } from './account-view.js';

/**
 * Canonical amounts have four decimals and no leading zeros, so the longer text is the larger amount, and texts of
 * one length compare as the amounts do: nothing has to become a number.
 */
const ORDERS = {
  added: ['place'],
  account: ['sip_account_id COLLATE NOCASE', 'sip_account_id'],
  name: [
    `(SELECT search_text FROM names WHERE names.main_account_id = sip_accounts.main_account_id
      AND names.sip_account_id = sip_accounts.sip_account_id)`,
  ],
  amount: ['length(available)', 'available'],
  moved: ['moved_at'],
} as const;

export type SipAccountOrder = keyof typeof ORDERS;

export interface SearchSipAccounts extends AtLeast {
  readonly mainAccountId: string;
  /** What the ids or the names contain, in capitals or not; everything when empty. */
  readonly contains: string;
  readonly orderBy: SipAccountOrder;
  readonly descending: boolean;
  /** How many to pass over, and how many to give. */
  readonly offset: number;
  readonly limit: number;
  /** How many of the accounts with the most credit to give beside them. */
  readonly largest: number;
}

/** A main account, the SIP accounts that were looked for, and those with the most credit. */
export interface FoundSipAccounts extends Omit<Totals, 'position'> {
  /** The position of the last change of a name, 0 before the first. */
  readonly namesPosition: bigint;
  /** How many SIP accounts fit, on all pages. */
  readonly found: number;
  readonly sipAccounts: readonly FoundSipAccount[];
  /** Those with credit only. */
  readonly largest: readonly FoundSipAccount[];
}

export interface FoundSipAccount {
  readonly sipAccountId: string;
  readonly name: string | undefined;
  readonly available: string;
  /** When credit was last moved to or from it; null if never. */
  readonly movedAt: string | null;
}

/** @throws MainAccountNotFound, ReadModelBehind, PositionInFuture */
export class SearchSipAccountsQuery extends Query<FoundSipAccounts & Freshness> {
  constructor(readonly request: SearchSipAccounts) {
    super();
  }
}

@QueryHandler(SearchSipAccountsQuery)
export class SearchSipAccountsHandler implements IQueryHandler<SearchSipAccountsQuery> {
  constructor(private readonly reads: Reads) {}

  execute({ request }: SearchSipAccountsQuery): Promise<FoundSipAccounts & Freshness> {
    return this.reads.read('accounts', request.atLeast, (models) => search(models, request));
  }
}

type Row = Omit<FoundSipAccount, 'name'>;

const COLUMNS = 'sip_account_id AS sipAccountId, available, moved_at AS movedAt';
const OF_ACCOUNT = 'FROM sip_accounts WHERE main_account_id = ?';

function search(models: ReadModels, request: SearchSipAccounts): FoundSipAccounts {
  const { mainAccountId, orderBy, descending, limit, offset } = request;
  const totals = totalsOf(models, mainAccountId);
  const text = searchText(request.contains);
  const fits = text === '' ? '' : FITS;
  const fitting = text === '' ? [] : [text, mainAccountId, text];
  const order = ORDERS[orderBy].map((column) => `${column} ${descending ? 'DESC' : 'ASC'} NULLS LAST`);
  const found = models
    .query<Row>(
      `SELECT ${COLUMNS} ${OF_ACCOUNT} ${fits} ORDER BY ${order.join(', ')}, place LIMIT ? OFFSET ?`,
    )
    .all(mainAccountId, ...fitting, limit, offset);
  const largest = models
    .query<Row>(
      `SELECT ${COLUMNS} ${OF_ACCOUNT} AND available <> '0.0000'
       ORDER BY length(available) DESC, available DESC, place LIMIT ?`,
    )
    .all(mainAccountId, request.largest);
  const count = models.query<{ found: number }>(`SELECT count(*) AS found ${OF_ACCOUNT} ${fits}`);
  const named = (row: Row) => withName(models, mainAccountId, row);
  return {
    ...totals,
    namesPosition: namesPosition(models, mainAccountId),
    found: text === '' ? totals.sipAccountsCount : (count.get(mainAccountId, ...fitting)?.found ?? 0),
    sipAccounts: found.map(named),
    largest: largest.map(named),
  };
}

/** In the id, or in the name. */
const FITS = `AND (instr(lower(sip_account_id), ?) > 0 OR sip_account_id IN
  (SELECT sip_account_id FROM names WHERE main_account_id = ? AND instr(search_text, ?) > 0))`;

function totalsOf(models: ReadModels, mainAccountId: string): Totals {
  const totals = models
    .query<Totals>(`SELECT ${TOTALS} FROM main_accounts WHERE main_account_id = ?`)
    .get(mainAccountId);
  if (!totals) throw new MainAccountNotFound(mainAccountId);
  return totals;
}

function withName(models: ReadModels, mainAccountId: string, row: Row): FoundSipAccount {
  const { sipAccountId, available, movedAt } = row;
  return { sipAccountId, name: nameOf(models, mainAccountId, sipAccountId), available, movedAt };
}

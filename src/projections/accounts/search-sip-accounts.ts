import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Position } from '../../event-store/event-store.js';
import { MainAccountNotFound } from '../../ledger/domain/errors.js';
import { Projections, type Freshness } from '../projections.js';
import type { ReadModels } from '../read-models.js';

/**
 * Canonical amounts have four decimals and no leading zeros, so the longer text is the larger amount, and texts of
 * one length compare as the amounts do: nothing has to become a number.
 */
const ORDERS = {
  added: ['place'],
  account: ['sip_account_id COLLATE NOCASE', 'sip_account_id'],
  amount: ['length(available)', 'available'],
  moved: ['moved_at'],
} as const;

export type SipAccountOrder = keyof typeof ORDERS;

export interface SearchSipAccounts {
  readonly mainAccountId: string;
  /** What the ids contain, in capitals or not; everything when empty. */
  readonly contains: string;
  readonly orderBy: SipAccountOrder;
  readonly descending: boolean;
  /** How many to pass over, and how many to give. */
  readonly offset: number;
  readonly limit: number;
  /** How many of the accounts with the most credit to give beside them. */
  readonly largest: number;
  readonly atLeast?: Position | undefined;
}

/** A main account, the SIP accounts that were looked for, and those with the most credit. */
export interface FoundSipAccounts {
  readonly currency: string;
  readonly available: string;
  readonly sipAccountsAvailable: string;
  readonly sipAccountsCount: number;
  readonly revision: number;
  /** How many SIP accounts fit, on all pages. */
  readonly found: number;
  readonly sipAccounts: readonly FoundSipAccount[];
  /** Those with credit only. */
  readonly largest: readonly FoundSipAccount[];
}

export interface FoundSipAccount {
  readonly sipAccountId: string;
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
  constructor(private readonly projections: Projections) {}

  execute({ request }: SearchSipAccountsQuery): Promise<FoundSipAccounts & Freshness> {
    return this.projections.read('accounts', request.atLeast, (models) => search(models, request));
  }
}

type Totals = Omit<FoundSipAccounts, 'found' | 'sipAccounts' | 'largest'>;

const COLUMNS = 'sip_account_id AS sipAccountId, available, moved_at AS movedAt';
const FITS = 'main_account_id = ? AND instr(lower(sip_account_id), lower(?)) > 0';

function search(models: ReadModels, request: SearchSipAccounts): FoundSipAccounts {
  const { mainAccountId, contains, orderBy, descending, limit, offset } = request;
  const totals = models
    .query<Totals>(
      `SELECT currency, available, sip_accounts_available AS sipAccountsAvailable,
       sip_accounts_count AS sipAccountsCount, revision FROM main_accounts WHERE main_account_id = ?`,
    )
    .get(mainAccountId);
  if (!totals) throw new MainAccountNotFound(mainAccountId);
  const direction = descending ? 'DESC' : 'ASC';
  const order = [...ORDERS[orderBy].map((column) => `${column} ${direction}`), 'place'].join(', ');
  return {
    currency: totals.currency,
    available: totals.available,
    sipAccountsAvailable: totals.sipAccountsAvailable,
    sipAccountsCount: totals.sipAccountsCount,
    revision: totals.revision,
    found: contains === '' ? totals.sipAccountsCount : count(models, mainAccountId, contains),
    sipAccounts: models
      .query<FoundSipAccount>(
        `SELECT ${COLUMNS} FROM sip_accounts WHERE ${FITS} ORDER BY ${order} LIMIT ? OFFSET ?`,
      )
      .all(mainAccountId, contains, limit, offset),
    largest: models
      .query<FoundSipAccount>(
        `SELECT ${COLUMNS} FROM sip_accounts WHERE main_account_id = ? AND available <> '0.0000'
       ORDER BY length(available) DESC, available DESC, place LIMIT ?`,
      )
      .all(mainAccountId, request.largest),
  };
}

const count = (models: ReadModels, mainAccountId: string, contains: string): number =>
  models
    .query<{ found: number }>(`SELECT count(*) AS found FROM sip_accounts WHERE ${FITS}`)
    .get(mainAccountId, contains)?.found ?? 0;

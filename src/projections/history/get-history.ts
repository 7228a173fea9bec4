import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Position } from '../../event-store/event-store.js';
import { MainAccountNotFound } from '../../ledger/domain/errors.js';
import type { LedgerEvent } from '../../ledger/domain/events.js';
import { readPage, type PageRequest } from '../page.js';
import { Projections, type Freshness } from '../projections.js';
import type { ReadModels } from '../read-models.js';

export interface GetHistory extends PageRequest {
  readonly mainAccountId: string;
  /** The answer is not from before this position. */
  readonly atLeast?: Position | undefined;
}

/** One page of what happened to a main account and its SIP accounts, oldest first. */
export interface History {
  readonly entries: readonly HistoryEntry[];
  /** `after` of the next page: the revision of this page's last entry. Null when there is none. */
  readonly next: string | null;
}

/** An event, and the balances right after it. */
export interface HistoryEntry {
  readonly revision: number;
  readonly eventId: string;
  readonly type: LedgerEvent['type'];
  readonly recordedAt: string;
  readonly sipAccountId?: string;
  readonly amount?: string;
  readonly currency?: string;
  readonly reference?: string;
  readonly actor: string;
  readonly idempotencyKey: string;
  readonly hash: string;
  readonly mainAccount: { readonly available: string };
  /** Σ over the SIP accounts. */
  readonly sipAccounts: { readonly available: string };
  /** The SIP account that the event names. */
  readonly sipAccount?: { readonly available: string };
}

/** @throws MainAccountNotFound, InvalidCursor, ReadModelBehind, PositionInFuture */
export class GetHistoryQuery extends Query<History & Freshness> {
  constructor(readonly request: GetHistory) {
    super();
  }
}

@QueryHandler(GetHistoryQuery)
export class GetHistoryHandler implements IQueryHandler<GetHistoryQuery> {
  constructor(private readonly projections: Projections) {}

  execute({ request }: GetHistoryQuery): Promise<History & Freshness> {
    return this.projections.read('history', request.atLeast, (models) => readHistory(models, request));
  }
}

/** A row of `entries`. */
interface Row {
  readonly place: number;
  readonly event_id: string;
  readonly type: LedgerEvent['type'];
  readonly recorded_at: string;
  readonly sip_account_id: string | null;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly reference: string | null;
  readonly actor: string;
  readonly idempotency_key: string;
  readonly hash: string;
  readonly available: string;
  readonly sip_accounts_available: string;
  readonly sip_available: string | null;
}

function readHistory(models: ReadModels, request: GetHistory): History {
  const { mainAccountId } = request;
  if (!models.query('SELECT 1 FROM entries WHERE main_account_id = ? AND revision = 0').get(mainAccountId))
    throw new MainAccountNotFound(mainAccountId);
  const { rows, next } = readPage(request, (after, count) =>
    models
      .query<Row>(
        `SELECT revision AS place, * FROM entries
       WHERE main_account_id = ? AND revision > ? ORDER BY revision LIMIT ?`,
      )
      .all(mainAccountId, after, count),
  );
  return { entries: rows.map(entryOf), next };
}

const entryOf = (row: Row): HistoryEntry => ({
  revision: row.place,
  eventId: row.event_id,
  type: row.type,
  recordedAt: row.recorded_at,
  ...(row.sip_account_id !== null && { sipAccountId: row.sip_account_id }),
  ...(row.amount !== null && { amount: row.amount }),
  ...(row.currency !== null && { currency: row.currency }),
  ...(row.reference !== null && { reference: row.reference }),
  actor: row.actor,
  idempotencyKey: row.idempotency_key,
  hash: row.hash,
  mainAccount: { available: row.available },
  sipAccounts: { available: row.sip_accounts_available },
  ...(row.sip_available !== null && { sipAccount: { available: row.sip_available } }),
});

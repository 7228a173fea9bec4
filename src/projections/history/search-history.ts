import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { LedgerEvent } from '../../ledger/domain/events.js';
import { Projections, type AtLeast, type Freshness } from '../projections.js';
import type { ReadModels } from '../read-models.js';
import { firstRevisionAt, spanOf } from './account-span.js';
import { MOST_SCANNED } from './get-history.js';
import { pageOfEntries, type HistoryEntry } from './history-entry.js';

export interface SearchHistory extends AtLeast {
  readonly mainAccountId: string;
  readonly sipAccountId?: string | undefined;
  readonly type?: LedgerEvent['type'] | undefined;
  /** Recorded at this instant or later, and before that one: RFC 3339, UTC. */
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  /** Entries before this revision only. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** One page of a history, newest first. */
export interface FoundHistory {
  readonly currency: string;
  /** The account's last revision. */
  readonly revision: number;
  readonly entries: readonly HistoryEntry[];
  /** `before` of the next page, which may turn out empty; null when there is none. */
  readonly next: number | null;
}

/** @throws MainAccountNotFound, ReadModelBehind, PositionInFuture */
export class SearchHistoryQuery extends Query<FoundHistory & Freshness> {
  constructor(readonly request: SearchHistory) {
    super();
  }
}

@QueryHandler(SearchHistoryQuery)
export class SearchHistoryHandler implements IQueryHandler<SearchHistoryQuery> {
  constructor(private readonly projections: Projections) {}

  execute({ request }: SearchHistoryQuery): Promise<FoundHistory & Freshness> {
    return this.projections.read('accounts', request.atLeast, (models) => search(models, request));
  }
}

function search(models: ReadModels, request: SearchHistory): FoundHistory {
  const { mainAccountId, sipAccountId, type, limit } = request;
  const span = spanOf(models, mainAccountId);
  const { currency, revision } = span;
  const firstAt = (instant: string) => firstRevisionAt(models, span, instant);
  const least = request.from === undefined ? 0 : firstAt(request.from);
  const end = Math.min(
    request.before ?? revision + 1,
    request.until === undefined ? revision + 1 : firstAt(request.until),
  );
  const scanFrom = Math.max(least, end - MOST_SCANNED);
  const { entries, next } = pageOfEntries(models, {
    account: span.account,
    begin: scanFrom,
    end,
    newestFirst: true,
    limit,
    where: { sip_account_id: sipAccountId, type },
  });
  return { currency, revision, entries, next: next ?? (scanFrom > least ? scanFrom : null) };
}

import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { LedgerEvent } from '../../ledger/domain/events.js';
import type { AtLeast, Freshness } from '../freshness.js';
import { Reads } from '../reads.js';
import type { ReadModels } from '../read-models.js';
import { revisionsIn, spanOf } from './account-span.js';
import type { EntryRange } from './entries.js';
import { type EntryPage, type HistoryEntry, pageOfEntries } from './history-entry.js';

export interface SearchHistory extends AtLeast {
  readonly mainAccountId: string;
  readonly sipAccountId?: string | undefined;
  readonly type?: LedgerEvent['type'] | undefined;
  /** Recorded at this instant or later, and before that one: RFC 3339, UTC. */
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  /** Entries before this revision only. */
  readonly before?: number | undefined;
  /** Those that come first after this revision, whatever `before` is. */
  readonly after?: number | undefined;
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
  /** `after` of the page before, which has what is newer, and may turn out empty; null when there is none. */
  readonly previous: number | null;
}

/** @throws MainAccountNotFound, ReadModelBehind, PositionInFuture */
export class SearchHistoryQuery extends Query<FoundHistory & Freshness> {
  constructor(readonly request: SearchHistory) {
    super();
  }
}

@QueryHandler(SearchHistoryQuery)
export class SearchHistoryHandler implements IQueryHandler<SearchHistoryQuery> {
  constructor(private readonly reads: Reads) {}

  execute({ request }: SearchHistoryQuery): Promise<FoundHistory & Freshness> {
    return this.reads.read('accounts', request.atLeast, (models) => search(models, request));
  }
}

function search(models: ReadModels, request: SearchHistory): FoundHistory {
  const { mainAccountId, sipAccountId, type, limit, after } = request;
  const span = spanOf(models, mainAccountId);
  const { account, currency, revision } = span;
  const period = revisionsIn(models, span, request);
  const where = { sip_account_id: sipAccountId, type };
  const read: Read = (range) => pageOfEntries(models, { ...range, account, limit, where });
  const page = after === undefined ? searchBack(period, request.before, read) : searchOn(period, after, read);
  return { currency, revision, ...page };
}

type Read = (range: Pick<EntryRange, 'begin' | 'end' | 'newestFirst'>) => EntryPage;
type Period = Pick<EntryRange, 'begin' | 'end'>;
type FoundPage = Pick<FoundHistory, 'entries' | 'next' | 'previous'>;

/** The newest entries of the period before a revision. */
function searchBack(period: Period, before: number | undefined, read: Read): FoundPage {
  const end = Math.min(before ?? period.end, period.end);
  const { entries, next } = read({ begin: period.begin, end, newestFirst: true });
  return { entries, next, previous: end < period.end ? end - 1 : null };
}

/** The oldest entries of the period after a revision. */
function searchOn(period: Period, after: number, read: Read): FoundPage {
  const begin = Math.max(period.begin, after + 1);
  const { entries, next } = read({ begin, end: period.end });
  return { entries: entries.toReversed(), next: begin > period.begin ? begin : null, previous: next };
}

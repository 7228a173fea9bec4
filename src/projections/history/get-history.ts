import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { LedgerEvent } from '../../ledger/domain/events.js';
import { cursorOf, limitOf, placeOf, type PageRequest } from '../page.js';
import { Projections, type AtLeast, type Freshness } from '../projections.js';
import type { ReadModels } from '../read-models.js';
import { firstRevisionAt, spanOf, type AccountSpan } from './account-span.js';
import { pageOfEntries, type HistoryEntry } from './history-entry.js';

export interface GetHistory extends PageRequest, AtLeast {
  readonly mainAccountId: string;
  /** Recorded at this instant or later, and before that one: RFC 3339, UTC, milliseconds. */
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  readonly sipAccountId?: string | undefined;
  readonly type?: LedgerEvent['type'] | undefined;
  readonly actor?: string | undefined;
  readonly newestFirst?: boolean | undefined;
}

/** One page of what happened to a main account and its SIP accounts. */
export interface History {
  readonly entries: readonly HistoryEntry[];
  /** `after` of the next page, which may turn out empty: a revision. Null when there is none. */
  readonly next: string | null;
}

/**
 * So many entries are looked through for a page at most: a rare kind in a long history comes on several pages
 * rather than keep everybody waiting.
 */
export const MOST_SCANNED = 20_000;

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
    const read = (models: ReadModels) => readHistory(models, request);
    // Up to an end that is over, the history is not to grow any more.
    return request.until === undefined
      ? this.projections.read('accounts', request.atLeast, read)
      : this.projections.readUpToNow('accounts', request.atLeast, read);
  }
}

function readHistory(models: ReadModels, request: GetHistory): History {
  const { sipAccountId, type, actor, newestFirst = false } = request;
  const span = spanOf(models, request.mainAccountId);
  const { begin, end } = rangeOf(models, span, request);
  const scanBegin = newestFirst ? Math.max(begin, end - MOST_SCANNED) : begin;
  const scanEnd = newestFirst ? end : Math.min(end, begin + MOST_SCANNED);
  const { entries, next } = pageOfEntries(models, {
    account: span.account,
    begin: scanBegin,
    end: scanEnd,
    newestFirst,
    limit: limitOf(request),
    where: { sip_account_id: sipAccountId, type, actor },
  });
  if (newestFirst) return { entries, next: cursorOf(next ?? (scanBegin > begin ? scanBegin : null)) };
  return { entries, next: cursorOf(next ?? (scanEnd < end ? scanEnd - 1 : null)) };
}

/** The revisions that may be on the page, the last one exclusive. */
function rangeOf(
  models: ReadModels,
  span: AccountSpan,
  request: GetHistory,
): { readonly begin: number; readonly end: number } {
  const { from, until, newestFirst } = request;
  const begin = from === undefined ? 0 : firstRevisionAt(models, span, from);
  const end = until === undefined ? span.revision + 1 : firstRevisionAt(models, span, until);
  const after = placeOf(request);
  if (after === undefined) return { begin, end };
  return newestFirst ? { begin, end: Math.min(end, after) } : { begin: Math.max(begin, after + 1), end };
}

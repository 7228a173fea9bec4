import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { LedgerEvent } from '../../ledger/domain/events.js';
import { cursorOf, limitOf, placeOf, type PageRequest } from '../page.js';
import type { AtLeast, Freshness } from '../freshness.js';
import { Reads } from '../reads.js';
import type { ReadModels } from '../read-models.js';
import { revisionsIn, spanOf, type AccountSpan } from './account-span.js';
import type { EntryRange } from './entries.js';
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

/** @throws MainAccountNotFound, InvalidCursor, ReadModelBehind, PositionInFuture */
export class GetHistoryQuery extends Query<History & Freshness> {
  constructor(readonly request: GetHistory) {
    super();
  }
}

@QueryHandler(GetHistoryQuery)
export class GetHistoryHandler implements IQueryHandler<GetHistoryQuery> {
  constructor(private readonly reads: Reads) {}

  execute({ request }: GetHistoryQuery): Promise<History & Freshness> {
    const read = (models: ReadModels) => readHistory(models, request);
    // Up to an end that is over, the history is not to grow any more.
    return request.until === undefined
      ? this.reads.read('accounts', request.atLeast, read)
      : this.reads.readUpToNow('accounts', request.atLeast, read);
  }
}

function readHistory(models: ReadModels, request: GetHistory): History {
  const { sipAccountId, type, actor, newestFirst = false } = request;
  const span = spanOf(models, request.mainAccountId);
  const { entries, next } = pageOfEntries(models, {
    account: span.account,
    ...rangeOf(models, span, request),
    newestFirst,
    limit: limitOf(request),
    where: { sip_account_id: sipAccountId, type, actor },
  });
  return { entries, next: cursorOf(next) };
}

/** The revisions that may be on the page. */
function rangeOf(
  models: ReadModels,
  span: AccountSpan,
  request: GetHistory,
): Pick<EntryRange, 'begin' | 'end'> {
  const { begin, end } = revisionsIn(models, span, request);
  const after = placeOf(request);
  if (after === undefined) return { begin, end };
  return request.newestFirst
    ? { begin, end: Math.min(end, after) }
    : { begin: Math.max(begin, after + 1), end };
}

import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Position } from '../../event-store/event-store.js';
import { MainAccountNotFound } from '../../ledger/domain/errors.js';
import { readPage, type PageRequest } from '../page.js';
import { Projections, type Freshness } from '../projections.js';
import type { ReadModels } from '../read-models.js';
import { entryOf, type HistoryEntry, type HistoryRow } from './history-entry.js';

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

function readHistory(models: ReadModels, request: GetHistory): History {
  const { mainAccountId } = request;
  if (!models.query('SELECT 1 FROM entries WHERE main_account_id = ? AND revision = 0').get(mainAccountId))
    throw new MainAccountNotFound(mainAccountId);
  const { rows, next } = readPage(request, (after, count) =>
    models
      .query<HistoryRow>(
        `SELECT revision AS place, * FROM entries
       WHERE main_account_id = ? AND revision > ? ORDER BY revision LIMIT ?`,
      )
      .all(mainAccountId, after, count),
  );
  return { entries: rows.map(entryOf), next };
}

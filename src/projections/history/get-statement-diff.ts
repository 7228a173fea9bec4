import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Position } from '../../event-store/event-store.js';
import { limitOf, placeOf, type PageRequest } from '../page.js';
import { Projections, type Freshness } from '../projections.js';
import type { ReadModels } from '../read-models.js';
import { spanOf } from './account-span.js';
import { entryOf, type HistoryEntry, type HistoryRow } from './history-entry.js';

export interface GetStatementDiff extends PageRequest {
  readonly mainAccountId: string;
  /** `hash` of a statement. */
  readonly since: string;
  /** The answer is not from before this position. */
  readonly atLeast?: Position | undefined;
}

/** One page of what has been added since a statement, oldest first. */
export interface StatementDiff {
  readonly mainAccountId: string;
  /** The event that the statement rested on. */
  readonly since: { readonly revision: number; readonly hash: string; readonly recordedAt: string };
  /** The account's last event. */
  readonly revision: number;
  readonly entries: readonly HistoryEntry[];
  readonly next: string | null;
}

/** The history holds no event of that hash: the statement is of another account, or the history was rewritten. */
export class UnknownStatement extends Error {
  override readonly name = 'UnknownStatement';
  constructor(hash: string) {
    super(`The history holds no event with hash ${hash}: the statement was not made of it`);
  }
}

/** @throws MainAccountNotFound, UnknownStatement, InvalidCursor, ReadModelBehind, PositionInFuture */
export class GetStatementDiffQuery extends Query<StatementDiff & Freshness> {
  constructor(readonly request: GetStatementDiff) {
    super();
  }
}

@QueryHandler(GetStatementDiffQuery)
export class GetStatementDiffHandler implements IQueryHandler<GetStatementDiffQuery> {
  constructor(private readonly projections: Projections) {}

  execute({ request }: GetStatementDiffQuery): Promise<StatementDiff & Freshness> {
    return this.projections.read('history', request.atLeast, (models) => readDiff(models, request));
  }
}

function readDiff(models: ReadModels, request: GetStatementDiff): StatementDiff {
  const { mainAccountId, since } = request;
  const { revision } = spanOf(models, mainAccountId);
  // Newest first: a statement that somebody still compares is rarely old.
  const known = models
    .query<{ revision: number; recordedAt: string }>(
      `SELECT revision, recorded_at AS recordedAt FROM entries
       WHERE main_account_id = ? AND hash = ? ORDER BY revision DESC LIMIT 1`,
    )
    .get(mainAccountId, since);
  if (!known) throw new UnknownStatement(since);
  const limit = limitOf(request);
  const rows = models
    .query<HistoryRow>(
      `SELECT revision AS place, * FROM entries
       WHERE main_account_id = ? AND revision > ? ORDER BY revision LIMIT ?`,
    )
    .all(mainAccountId, Math.max(known.revision, placeOf(request) ?? 0), limit + 1);
  const entries = rows.slice(0, limit).map(entryOf);
  return {
    mainAccountId,
    since: { revision: known.revision, hash: since, recordedAt: known.recordedAt },
    revision,
    entries,
    next: rows.length > limit ? String(entries.at(-1)?.revision) : null,
  };
}

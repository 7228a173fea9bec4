import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Position } from '../../event-store/event-store.js';
import { limitOf, placeOf, type PageRequest } from '../page.js';
import { Projections, type Freshness } from '../projections.js';
import type { ReadModels } from '../read-models.js';
import { spanOf } from './account-span.js';
import { entriesIn, type EntryRow } from './entries.js';
import { MOST_SCANNED } from './get-history.js';
import { entryOf, type HistoryEntry } from './history-entry.js';

export interface GetStatementDiff extends PageRequest {
  readonly mainAccountId: string;
  /** `hash` of a statement, or `<revision>:<hash>`, which is found at once however long the history is. */
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
  constructor(since: string) {
    super(`The history holds no event ${since}: the statement was not made of it`);
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
    return this.projections.read('accounts', request.atLeast, (models) => readDiff(models, request));
  }
}

function readDiff(models: ReadModels, request: GetStatementDiff): StatementDiff {
  const { mainAccountId } = request;
  const [hash = '', at] = request.since.split(':').toReversed();
  const { account, revision } = spanOf(models, mainAccountId);
  const known =
    at === undefined
      ? entryOfHash(models, account, revision, hash)
      : entriesIn(models, { account, begin: Number(at), end: Number(at) + 1, limit: 1, where: { hash } })[0];
  if (!known) throw new UnknownStatement(request.since);
  const limit = limitOf(request);
  const rows = entriesIn(models, {
    account,
    begin: Math.max(known.revision, placeOf(request) ?? 0) + 1,
    end: revision + 1,
    limit: limit + 1,
  });
  const entries = rows.slice(0, limit).map(entryOf);
  return {
    mainAccountId,
    since: { revision: known.revision, hash, recordedAt: known.recorded_at },
    revision,
    entries,
    next: rows.length > limit ? String(entries.at(-1)?.revision) : null,
  };
}

/** Newest first: a statement that somebody still compares is rarely old. */
function entryOfHash(
  models: ReadModels,
  account: number,
  revision: number,
  hash: string,
): EntryRow | undefined {
  for (let end = revision + 1; end > 0; end -= MOST_SCANNED) {
    const begin = Math.max(0, end - MOST_SCANNED);
    const [found] = entriesIn(models, { account, begin, end, newestFirst: true, limit: 1, where: { hash } });
    if (found) return found;
  }
  return undefined;
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { NotInReadModel } from '../errors.js';
import { cursorOf, limitOf, placeOf, type PageRequest } from '../page.js';
import type { AtLeast, Freshness } from '../freshness.js';
import { Reads } from '../reads.js';
import type { ReadModels } from '../read-models.js';
import { spanOf } from './account-span.js';
import { entriesIn, entryAt } from './entries.js';
import { MOST_SCANNED, pageOfEntries, type HistoryEntry } from './history-entry.js';

export interface GetStatementDiff extends PageRequest, AtLeast {
  readonly mainAccountId: string;
  /** `hash` of a statement, or `<revision>:<hash>`, which is found at once however long the history is. */
  readonly since: string;
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
export class UnknownStatement extends NotInReadModel {
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
  constructor(private readonly reads: Reads) {}

  async execute({ request }: GetStatementDiffQuery): Promise<StatementDiff & Freshness> {
    const [hash = '', at] = request.since.split(':').toReversed();
    const revision = at === undefined ? await this.search(request, hash) : Number(at);
    return this.reads.read('accounts', request.atLeast, (models) =>
      readDiff(models, request, revision, hash),
    );
  }

  /** Newest first: a statement that somebody still compares is rarely old. Everybody else has a turn in between. */
  private async search({ mainAccountId, since, atLeast }: GetStatementDiff, hash: string): Promise<number> {
    const { account, revision } = await this.reads.readUpToNow('accounts', atLeast, (models) =>
      spanOf(models, mainAccountId),
    );
    for (let end = revision + 1; end > 0; end -= MOST_SCANNED) {
      const range = { account, begin: Math.max(0, end - MOST_SCANNED), end, newestFirst: true };
      const { found } = await this.reads.read('accounts', atLeast, (models) => ({
        found: entriesIn(models, { ...range, limit: 1, where: { hash } })[0],
      }));
      if (found) return found.revision;
      await nextTurn();
    }
    throw new UnknownStatement(since);
  }
}

function readDiff(models: ReadModels, request: GetStatementDiff, since: number, hash: string): StatementDiff {
  const { mainAccountId } = request;
  const { account, revision } = spanOf(models, mainAccountId);
  const known = entryAt(models, account, since);
  if (known?.hash !== hash) throw new UnknownStatement(request.since);
  const { entries, next } = pageOfEntries(models, {
    account,
    begin: Math.max(known.revision, placeOf(request) ?? 0) + 1,
    end: revision + 1,
    limit: limitOf(request),
  });
  return {
    mainAccountId,
    since: { revision: known.revision, hash, recordedAt: known.recorded_at },
    revision,
    entries,
    next: cursorOf(next),
  };
}

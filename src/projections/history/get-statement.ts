import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ZERO } from '../../ledger/domain/amount.js';
import { MainAccountNotFound } from '../../ledger/domain/errors.js';
import { cursorOf, limitOf, placeOf, type PageRequest } from '../page.js';
import type { AtLeast, Freshness } from '../freshness.js';
import { Reads } from '../reads.js';
import type { ReadModels } from '../read-models.js';
import { type AccountSpan, firstRevisionAt, spanOf } from './account-span.js';
import { entryAt, type EntryRow } from './entries.js';
import { pageOfEntries, type HistoryEntry } from './history-entry.js';
import { PointInFuture } from './point-in-time.js';

export interface GetStatement extends PageRequest, AtLeast {
  readonly mainAccountId: string;
  /** The period: from this instant until before that one; until the last event when undefined. RFC 3339, UTC, milliseconds. */
  readonly from: string;
  readonly until?: string | undefined;
}

export interface StatementBalances {
  readonly mainAccount: { readonly available: string };
  readonly sipAccounts: { readonly available: string };
}

/** One page of a statement. Its balances and its seal are those of the whole period. */
export interface Statement {
  readonly mainAccountId: string;
  readonly currency: string;
  readonly from: string;
  readonly until: string;
  /** Right before the period; the closing balances of the period ahead of it. */
  readonly opening: StatementBalances;
  readonly closing: StatementBalances;
  /** The last event that the statement rests on, and its hash: with it, later additions can be listed. */
  readonly revision: number;
  readonly hash: string;
  readonly entries: readonly HistoryEntry[];
  readonly next: string | null;
}

/** A period that ends before it begins. */
export class PeriodReversed extends Error {
  override readonly name = 'PeriodReversed';
  constructor(from: string, until: string) {
    super(`The period begins at ${from}, after its end at ${until}`);
  }
}

/** @throws MainAccountNotFound also when it was opened later, PointInFuture, PeriodReversed, InvalidCursor, ReadModelBehind, PositionInFuture */
export class GetStatementQuery extends Query<Statement & Freshness> {
  constructor(readonly request: GetStatement) {
    super();
  }
}

@QueryHandler(GetStatementQuery)
export class GetStatementHandler implements IQueryHandler<GetStatementQuery> {
  constructor(private readonly reads: Reads) {}

  async execute({ request }: GetStatementQuery): Promise<Statement & Freshness> {
    if (request.until !== undefined && request.until > new Date().toISOString())
      throw new PointInFuture('until', `${request.until} is in the future`);
    return this.reads.readUpToNow('accounts', request.atLeast, (models) => readStatement(models, request));
  }
}

function readStatement(models: ReadModels, request: GetStatement): Statement {
  const { mainAccountId, from } = request;
  const span = spanOf(models, mainAccountId);
  const { account, currency } = span;
  const until = request.until ?? endOf(models, span);
  if (from > until) throw new PeriodReversed(from, until);
  const begin = firstRevisionAt(models, span, from);
  const end = firstRevisionAt(models, span, until);
  const opening = entryAt(models, account, begin - 1);
  const closing = entryAt(models, account, end - 1);
  if (!closing) throw new MainAccountNotFound(mainAccountId, `before ${until}`);
  const { entries, next } = pageOfEntries(models, {
    account,
    begin: Math.max(begin, (placeOf(request) ?? -1) + 1),
    end,
    limit: limitOf(request),
  });
  return {
    mainAccountId,
    currency,
    from,
    until,
    opening: balancesOf(opening),
    closing: balancesOf(closing),
    revision: closing.revision,
    hash: closing.hash,
    entries,
    next: cursorOf(next),
  };
}

/** Now, or right after the last event: a clock that was ahead, here or at another replica, leaves out nothing. */
function endOf(models: ReadModels, { account, revision }: AccountSpan): string {
  const last = Date.parse(entryAt(models, account, revision)?.recorded_at ?? '');
  return new Date(Math.max(Date.now(), last + 1)).toISOString();
}

const balancesOf = (row: EntryRow | undefined): StatementBalances => ({
  mainAccount: { available: row?.available ?? ZERO },
  sipAccounts: { available: row?.sip_accounts_available ?? ZERO },
});

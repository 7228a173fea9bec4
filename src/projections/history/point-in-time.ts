import { MainAccountNotFound } from '../../ledger/domain/errors.js';
import { NotInReadModel } from '../errors.js';
import type { AtLeast, Freshness } from '../freshness.js';
import type { Reads } from '../reads.js';
import type { ReadModels } from '../read-models.js';
import { firstRevisionAt, spanOf, type AccountSpan } from './account-span.js';
import { entryAt } from './entries.js';

/** A point in an account's past: after all that was recorded at an instant or before, or after a revision. */
export type PointInTime =
  { readonly asOf: string /* RFC 3339, UTC, milliseconds */ } | { readonly atRevision: number };

export const atPoint = (point: PointInTime): string =>
  'asOf' in point ? `at ${point.asOf}` : `at revision ${point.atRevision}`;

export interface GetPast extends AtLeast {
  readonly mainAccountId: string;
  readonly point: PointInTime;
}

/** A point that has not come yet: what it will show is not known. */
export class PointInFuture extends NotInReadModel {
  override readonly name = 'PointInFuture';
  constructor(
    readonly field: 'asOf' | 'atRevision' | 'until',
    message: string,
  ) {
    super(message);
  }
}

/** A main account as it was right after an event. */
export interface PastAccount extends AccountSpan {
  readonly recordedAt: string;
  readonly available: string;
  readonly sipAccountsAvailable: string;
  readonly sipAccountsCount: number;
}

/**
 * Answers a query about a point. What was acknowledged before an instant is in the log by then, and in the answer.
 * Its `asOf` is that instant, or the one of the revision: the moment of which the balances are.
 * @throws PointInFuture, ReadModelBehind, PositionInFuture, what `pastAccount` throws, and `read`
 */
export async function readAtPoint<Answer extends object>(
  reads: Reads,
  { mainAccountId, point, atLeast }: GetPast,
  read: (models: ReadModels, past: PastAccount) => Answer,
): Promise<Answer & Freshness> {
  const readPast = (models: ReadModels) => {
    const past = pastAccount(models, mainAccountId, point);
    return { past, answer: read(models, past) };
  };
  if ('asOf' in point && point.asOf > new Date().toISOString())
    throw new PointInFuture('asOf', `${point.asOf} is in the future`);
  const { answer, past, position } =
    'asOf' in point
      ? await reads.readUpToNow('accounts', atLeast, readPast)
      : await reads.read('accounts', atLeast, readPast);
  return { ...answer, position, asOf: 'asOf' in point ? point.asOf : past.recordedAt };
}

/**
 * The account at a point, in a number of steps that hardly grows with its history: every entry holds the balances
 * after it.
 * @throws MainAccountNotFound also when it was opened later; PointInFuture
 */
function pastAccount(models: ReadModels, mainAccountId: string, point: PointInTime): PastAccount {
  const span = spanOf(models, mainAccountId);
  const revision = 'asOf' in point ? revisionAsOf(models, span, point.asOf) : point.atRevision;
  if (revision > span.revision)
    throw new PointInFuture(
      'atRevision',
      `The main account is at revision ${span.revision}, not yet at ${revision}`,
    );
  const entry = entryAt(models, span.account, revision);
  if (!entry) throw new MainAccountNotFound(mainAccountId, atPoint(point));
  return {
    ...span,
    revision,
    recordedAt: entry.recorded_at,
    available: entry.available,
    sipAccountsAvailable: entry.sip_accounts_available,
    sipAccountsCount: entry.sip_accounts_count,
  };
}

/** An event at the very instant counts. @returns -1 before the first */
function revisionAsOf(models: ReadModels, span: AccountSpan, asOf: string): number {
  const next = new Date(Date.parse(asOf) + 1).toISOString();
  return firstRevisionAt(models, span, next) - 1;
}

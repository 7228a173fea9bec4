import { MainAccountNotFound } from '../../ledger/domain/errors.js';
import type { ReadModels } from '../read-models.js';
import { firstRevisionAt, spanOf } from './account-span.js';

/** A point in an account's past: after all that was recorded at an instant or before, or after a revision. */
export type PointInTime =
  { readonly asOf: string /* RFC 3339, UTC, milliseconds */ } | { readonly atRevision: number };

/** A point that has not come yet: what it will show is not known. */
export class PointInFuture extends Error {
  override readonly name = 'PointInFuture';
  constructor(
    readonly field: 'asOf' | 'atRevision' | 'until',
    message: string,
  ) {
    super(message);
  }
}

/** A main account as it was right after an event. */
export interface PastAccount {
  readonly currency: string;
  readonly revision: number;
  readonly recordedAt: string;
  readonly hash: string;
  readonly available: string;
  readonly sipAccountsAvailable: string;
  readonly sipAccountsCount: number;
}

/**
 * The account at a point, in a number of steps that hardly grows with its history: every entry holds the balances
 * after it.
 * @throws MainAccountNotFound also when it was opened later; PointInFuture
 */
export function pastAccount(models: ReadModels, mainAccountId: string, point: PointInTime): PastAccount {
  const { currency, revision: last } = spanOf(models, mainAccountId);
  const revision = 'asOf' in point ? revisionAsOf(models, mainAccountId, point.asOf, last) : point.atRevision;
  if (revision > last)
    throw new PointInFuture('atRevision', `The main account is at revision ${last}, not yet at ${revision}`);
  const account = models
    .query<Omit<PastAccount, 'currency'>>(
      `SELECT revision, recorded_at AS recordedAt, hash, available,
         sip_accounts_available AS sipAccountsAvailable, sip_accounts_count AS sipAccountsCount
       FROM entries WHERE main_account_id = ? AND revision = ?`,
    )
    .get(mainAccountId, revision);
  if (!account) throw new MainAccountNotFound(mainAccountId);
  return { currency, ...account };
}

/** What a SIP account had at a revision; undefined before it was added. */
export const pastSipAvailable = (
  models: ReadModels,
  mainAccountId: string,
  sipAccountId: string,
  revision: number,
): { readonly available: string; readonly type: string; readonly recordedAt: string } | undefined =>
  models
    .query<{ available: string; type: string; recordedAt: string }>(
      `SELECT sip_available AS available, type, recorded_at AS recordedAt FROM entries
       WHERE main_account_id = ? AND sip_account_id = ? AND revision <= ? ORDER BY revision DESC LIMIT 1`,
    )
    .get(mainAccountId, sipAccountId, revision);

/** An event at the very instant counts. @returns -1 before the first */
function revisionAsOf(models: ReadModels, mainAccountId: string, asOf: string, last: number): number {
  if (asOf > new Date().toISOString()) throw new PointInFuture('asOf', `${asOf} is in the future`);
  const next = new Date(Date.parse(asOf) + 1).toISOString();
  return firstRevisionAt(models, mainAccountId, next, last + 1) - 1;
}

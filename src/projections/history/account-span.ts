import { MainAccountNotFound } from '../../ledger/domain/errors.js';
import type { ReadModels } from '../read-models.js';
import { entryAt, type EntryRange } from './entries.js';

/** The place of an account, by which its entries know it; undefined when there is no such account. */
export const placeOfAccount = (models: ReadModels, mainAccountId: string): number | undefined =>
  models
    .query<{ place: number }>('SELECT place FROM main_accounts WHERE main_account_id = ?')
    .get(mainAccountId)?.place;

/** An account's history: what it is in, and its last revision. */
export interface AccountSpan {
  /** By which its entries know it. */
  readonly account: number;
  readonly currency: string;
  readonly revision: number;
}

/** @throws MainAccountNotFound */
export function spanOf(models: ReadModels, mainAccountId: string): AccountSpan {
  const span = models
    .query<AccountSpan>(
      'SELECT place AS account, currency, revision FROM main_accounts WHERE main_account_id = ?',
    )
    .get(mainAccountId);
  if (!span) throw new MainAccountNotFound(mainAccountId);
  return span;
}

/**
 * The first revision recorded at an instant or later; the one after the last when there is none. Times never go
 * back in a stream, and revisions have no gaps, so it is found by halving.
 */
export function firstRevisionAt(
  models: ReadModels,
  { account, revision }: AccountSpan,
  instant: string,
): number {
  let [low, high] = [0, revision + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((entryAt(models, account, middle)?.recorded_at ?? '') < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Begin and end, exclusive, of the revisions recorded in a period; a bound of it that is undefined bounds nothing. */
export const revisionsIn = (
  models: ReadModels,
  span: AccountSpan,
  { from, until }: { readonly from?: string | undefined; readonly until?: string | undefined },
): Pick<EntryRange, 'begin' | 'end'> => ({
  begin: from === undefined ? 0 : firstRevisionAt(models, span, from),
  end: until === undefined ? span.revision + 1 : firstRevisionAt(models, span, until),
});

import { MainAccountNotFound } from '../../ledger/domain/errors.js';
import type { ReadModels } from '../read-models.js';

/** An account's history: what it is in, and its last revision. */
export interface AccountSpan {
  readonly currency: string;
  readonly revision: number;
}

/** @throws MainAccountNotFound */
export function spanOf(models: ReadModels, mainAccountId: string): AccountSpan {
  const first = models
    .query<{ currency: string | null }>(
      'SELECT currency FROM entries WHERE main_account_id = ? AND revision = 0',
    )
    .get(mainAccountId);
  if (!first) throw new MainAccountNotFound(mainAccountId);
  const last = models
    .query<{ revision: number }>('SELECT max(revision) AS revision FROM entries WHERE main_account_id = ?')
    .get(mainAccountId);
  return { currency: first.currency ?? '', revision: last?.revision ?? 0 };
}

/**
 * The first revision recorded at an instant or later. Times never go back in a stream, and revisions have no
 * gaps, so it is found by halving.
 * @param end a revision beyond which there is no need to look
 */
export function firstRevisionAt(
  models: ReadModels,
  mainAccountId: string,
  instant: string,
  end: number,
): number {
  const recordedAt = models.query<{ recorded_at: string }>(
    'SELECT recorded_at FROM entries WHERE main_account_id = ? AND revision = ?',
  );
  let [low, high] = [0, end];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((recordedAt.get(mainAccountId, middle)?.recorded_at ?? '') < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

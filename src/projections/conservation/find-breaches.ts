import type { Reads } from '../reads.js';

/** A main account of which what was purchased is not what remains, and the event from which that is so. */
export interface Breach {
  readonly mainAccountId: string;
  readonly revision: number;
  readonly eventId: string;
  readonly reason: string;
}

/** Breaches that are named; all are counted. */
const NAMED = 100;

/** @throws ReadModelBehind, StoreUnavailable */
export async function findBreaches(
  reads: Reads,
): Promise<{ readonly count: number; readonly first: readonly Breach[] }> {
  const { count, first } = await reads.read('conservation', undefined, (models) => ({
    count:
      models
        .query<{ count: number }>(
          'SELECT count(*) AS count FROM conservation WHERE broken_revision IS NOT NULL',
        )
        .get()?.count ?? 0,
    first: models
      .query<Breach>(
        `SELECT main_account_id AS mainAccountId, broken_revision AS revision, broken_event_id AS eventId,
           broken_by AS reason FROM conservation WHERE broken_revision IS NOT NULL LIMIT ${NAMED}`,
      )
      .all(),
  }));
  return { count, first };
}

import { type Position, START } from '../../event-store/event-store.js';
import type { ReadModels } from '../read-models.js';

/** Undefined for a SIP account without a name. */
export const nameOf = (models: ReadModels, mainAccountId: string, sipAccountId: string): string | undefined =>
  models
    .query<{ name: string }>('SELECT name FROM names WHERE main_account_id = ? AND sip_account_id = ?')
    .get(mainAccountId, sipAccountId)?.name;

/** Where in the log a name of the main account was last given, taken away or erased; START if never. */
export function namesPosition(models: ReadModels, mainAccountId: string): Position {
  const row = models
    .query<{ position: string }>(
      'SELECT CAST(position AS TEXT) AS position FROM named_accounts WHERE main_account_id = ?',
    )
    .get(mainAccountId);
  return row ? BigInt(row.position) : START;
}

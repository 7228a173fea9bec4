import { mainAccountIdOf } from '../ledger/streams.js';
import type { ReadLog } from './audit.js';
import { readEvent } from './event-form.js';
import { keyDigest } from './event-hash.js';
import type { Findings } from './findings.js';
import { digestStart } from './key-index.js';

/** The second pass over the log, needed only when keys look as if they were used twice: names their events. */
export async function nameRepeatedKeys(
  readLog: ReadLog,
  suspects: ReadonlySet<bigint>,
  findings: Findings,
): Promise<void> {
  const first = new Map<string, number>();
  for await (const page of readLog())
    for (const event of page) {
      const mainAccountId = mainAccountIdOf(event.stream);
      const read = readEvent(event);
      if (mainAccountId === undefined || typeof read === 'string') continue;
      const { idempotencyKey } = read.metadata;
      const digest = keyDigest(mainAccountId, idempotencyKey);
      if (!suspects.has(digestStart(digest))) continue;
      const revision = first.get(digest);
      if (revision === undefined) first.set(digest, event.revision);
      else
        findings.add(
          'key',
          `its idempotency key ${idempotencyKey} was used at revision ${revision} already`,
          event,
        );
    }
}

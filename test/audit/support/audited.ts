import { audit, type AuditOptions } from '../../../src/audit/audit.js';
import type { RecordedEvent } from '../../../src/event-store/event-store.js';

async function* pagesOf(events: readonly RecordedEvent[]) {
  for (let from = 0; from < events.length; from += 5) yield events.slice(from, from + 5);
}

export const auditOf = (events: readonly RecordedEvent[], options?: AuditOptions) =>
  audit(() => pagesOf(events), options);

/** Check, stream and revision of every finding. */
export async function findingsOf(
  events: readonly RecordedEvent[],
  options?: AuditOptions,
): Promise<string[]> {
  const { findings } = await auditOf(events, options);
  return findings.map(({ check, stream, revision }) => (stream ? `${check} ${stream} ${revision}` : check));
}

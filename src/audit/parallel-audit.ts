import type { Config } from '../config/config.js';
import { START, type EventReader, type Position } from '../event-store/event-store.js';
import type { SqliteEventReader } from '../event-store/sqlite/sqlite-event-reader.js';
import { AccountsAudit } from './accounts-audit.js';
import { AuditThread } from './audit-thread.js';
import { finishAccounts, reportOf, type AuditOptions, type AuditReport, type ReadLog } from './audit.js';
import { Findings } from './findings.js';
import { LogAudit } from './log-audit.js';
import type { Stretch } from './stretch.js';
import { StretchBooking } from './stretch-booking.js';

/** Positions of a stretch. What the threads have seen of so many is held in memory until it is booked. */
const STRETCH = 20_000n;
/** Stretches that a thread is told of ahead, so that none has to wait for the slowest. */
const AHEAD = 2;

/** The log up to a position, from its beginning. */
export const logUntil = (reader: EventReader, until: Position): ReadLog =>
  async function* readLog() {
    for await (const page of reader.readAll(START)) {
      const seen = page.filter(({ position }) => position <= until);
      if (seen.length > 0) yield seen;
      if (seen.length < page.length) return;
    }
  };

interface Part {
  readonly thread: AuditThread;
  readonly booking: StretchBooking;
}

/**
 * Audits the embedded store in several threads. Each looks at every so many-th stretch of the log, whosever events are
 * there; this one books them in order, and puts the tree together.
 * @param reader of that store
 * @param until the last position to look at
 * @throws whatever ends a thread
 */
export async function auditInParallel(
  config: Config,
  reader: SqliteEventReader,
  until: Position,
  threads: number,
  { checkpoints = [], clockTolerance = 0, onProgress }: AuditOptions,
): Promise<AuditReport> {
  const findings = new Findings();
  const log = new LogAudit(findings, checkpoints);
  const accounts = new AccountsAudit(findings, clockTolerance);
  const parts = Array.from({ length: threads }, () => ({
    thread: new AuditThread({ config, clockTolerance }),
    booking: new StretchBooking(accounts),
  }));
  try {
    const stretches = stretchesUntil(until, reader);
    const ahead: { readonly part: Part; readonly stretch: Stretch }[] = [];
    const goOn = (part: Part) => {
      const { value: stretch } = stretches.next();
      if (!stretch) return;
      part.thread.look(stretch);
      ahead.push({ part, stretch });
    };
    for (let n = 0; n < AHEAD; n++) parts.forEach(goOn);
    for (let next; (next = ahead.shift());) {
      const { part, stretch } = next;
      const seen = await part.thread.seen();
      goOn(part);
      log.append(Buffer.from(seen.hashes.buffer));
      log.seen += seen.events;
      await part.booking.book(seen, () => reader.readStretch(stretch.after, stretch.end));
      onProgress?.(log.seen, stretch.end);
    }
    await finishAccounts(accounts, logUntil(reader, until), findings);
    log.finish();
    return reportOf(log, accounts.accounts, findings);
  } finally {
    accounts.keys.close();
    await Promise.all(parts.map(({ thread }) => thread.end()));
  }
}

/**
 * The stretches of the log, of which there is one at least. Each begins where an event stands: somebody may have put one
 * far beyond the others.
 */
function* stretchesUntil(until: Position, reader: SqliteEventReader): Generator<Stretch, undefined> {
  for (let after = START; ;) {
    const end = after + STRETCH < until ? after + STRETCH : until;
    yield { after, end };
    if (end === until) return;
    after = (reader.positionAfter(end) ?? until) - 1n;
  }
}

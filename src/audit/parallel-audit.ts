import type { Config } from '../config/config.js';
import { START, type EventReader, type Position } from '../event-store/event-store.js';
import type { SqliteEventReader } from '../event-store/sqlite/sqlite-event-reader.js';
import { AccountsAudit } from './accounts-audit.js';
import { AuditThread } from './audit-thread.js';
import { finishAccounts, reportOf, type AuditOptions, type AuditReport, type ReadLog } from './audit.js';
import { Findings } from './findings.js';
import { LogAudit } from './log-audit.js';
import type { Stretch, StretchSeen } from './stretch.js';
import { StretchAudit } from './stretch-audit.js';
import { StretchBooking } from './stretch-booking.js';

/** Positions of a stretch. What has been seen of it is held in memory until it is booked. */
const STRETCH = 20_000n;
/** Stretches that a thread is told of ahead, so that it need not wait for this one. */
const AHEAD = 3;

/** The log up to a position, from its beginning. */
export const logUntil = (reader: EventReader, until: Position): ReadLog =>
  async function* readLog() {
    for await (const page of reader.readAll(START)) {
      const seen = page.filter(({ position }) => position <= until);
      if (seen.length > 0) yield seen;
      if (seen.length < page.length) return;
    }
  };

/** Who looks at stretches, and what books those that it has seen. */
interface Part {
  readonly look: (stretch: Stretch) => Promise<StretchSeen>;
  readonly booking: StretchBooking;
  /** Stretches that it has been told of and not answered. */
  told: number;
}

/**
 * Audits the embedded store in several threads. Each looks at stretches of the log, whosever events are there; this one
 * also books them in order, and puts the tree together.
 * @param reader of that store
 * @param until the last position to look at
 * @param threads that look, this one among them
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
  const partOf = (look: Part['look']): Part => ({ look, booking: new StretchBooking(accounts), told: 0 });
  const pagesOf = ({ after, end }: Stretch) => reader.readStretch(after, end);
  const audited = new StretchAudit(clockTolerance);
  // A copy, as what a thread tells is one: its texts are parts of pages, and an account would keep a whole one for its time.
  const here = partOf(async (stretch) => structuredClone(await audited.look(stretch, pagesOf(stretch))));
  const others = Array.from({ length: threads - 1 }, () => new AuditThread({ config, clockTolerance }));
  const parts = others.map((thread) => partOf((stretch) => thread.look(stretch)));
  try {
    for await (const { part, stretch, seen } of lookedAt(stretchesUntil(until, reader), here, parts)) {
      log.append(Buffer.from(seen.hashes.buffer));
      log.seen += seen.events;
      await part.booking.book(seen, () => pagesOf(stretch));
      onProgress?.(log.seen, stretch.end);
    }
    await finishAccounts(accounts, logUntil(reader, until), findings);
    log.finish();
    return reportOf(log, accounts.accounts, findings);
  } finally {
    accounts.keys.close();
    await Promise.all(others.map((thread) => thread.end()));
  }
}

/** Has stretches looked at, here and elsewhere. @yields them in their order */
async function* lookedAt(stretches: Iterator<Stretch, undefined>, here: Part, elsewhere: readonly Part[]) {
  const ahead: Looked[] = [];
  const most = 2 * AHEAD * (1 + elsewhere.length);
  const tell = (part: Part): Looked | undefined => {
    const { value: stretch } = stretches.next();
    if (!stretch) return undefined;
    const looked = new Looked(part, stretch);
    ahead.push(looked);
    return looked;
  };
  for (;;) {
    // In turns, as they are to be booked.
    for (let told = 0; told < AHEAD; told++) for (const part of elsewhere) if (part.told <= told) tell(part);
    const [next] = ahead;
    // Rather than wait for the next one this thread looks at another, unless too much would be held.
    const another = !next?.done && ahead.length < most ? tell(here) : undefined;
    if (another) await another.seen;
    else if (!next) return;
    else {
      yield { part: next.part, stretch: next.stretch, seen: await next.seen };
      ahead.shift();
    }
  }
}

/** A stretch that somebody looks at. */
class Looked {
  done = false;
  readonly seen: Promise<StretchSeen>;

  constructor(
    readonly part: Part,
    readonly stretch: Stretch,
  ) {
    part.told += 1;
    this.seen = part.look(stretch).finally(() => this.end());
    // Whoever waits for it is told of what went wrong.
    this.seen.catch(() => undefined);
  }

  private end(): void {
    this.part.told -= 1;
    this.done = true;
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

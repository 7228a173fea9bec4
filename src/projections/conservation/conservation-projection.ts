import { LRUCache } from 'lru-cache';
import { amountOf, unitsOf, type Units } from '../../audit/balances.js';
import { BulkInsert } from '../../sqlite/bulk-insert.js';
import type { Connection, Statement } from '../../sqlite/database.js';
import type { LogEntry } from '../log-entry.js';
import type { Projection, ProjectionWriter } from '../projection.js';

/** Equations that are kept in memory between batches. */
const MAX_SETTLED = 10_000;
/** Equations that change before their rows are written: only a build changes so many before a batch ends. */
const MAX_CHANGED = 25_000;

/**
 * Checks at every event that what was purchased is what remains, and that nothing is below zero, with arithmetic
 * of its own: a bug in the ledger's fold shows as a difference. An event that breaks the equation is kept, the
 * first of its account; the projection goes on, since the other accounts are still to be watched.
 */
export const conservationProjection: Projection = {
  name: 'conservation',
  schema: 1,
  tables: ['conservation'],
  ddl: `
    CREATE TABLE conservation (
      main_account_id TEXT PRIMARY KEY,
      purchased TEXT NOT NULL,
      main TEXT NOT NULL,
      sips TEXT NOT NULL,
      revision INTEGER NOT NULL,
      hash TEXT NOT NULL,
      broken_revision INTEGER,
      broken_event_id TEXT,
      broken_by TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX conservation_broken ON conservation (main_account_id) WHERE broken_revision IS NOT NULL`,
  open: (db) => new ConservationWriter(db),
};

/** The equation of one main account. */
interface Equation {
  readonly mainAccountId: string;
  purchased: Units;
  main: Units;
  sips: Units;
  revision: number;
  hash: string;
  broken: { readonly revision: number; readonly eventId: string; readonly by: string } | undefined;
}

/** The same as it is stored: units as texts, since they may be more than SQLite's integers hold. What broke it is told whole, or null. */
export interface EquationRow {
  readonly purchased: string;
  readonly main: string;
  readonly sips: string;
  readonly revision: number;
  readonly hash: string;
  readonly broken_revision: number | null;
  readonly broken_event_id: string;
  readonly broken_by: string;
}

class ConservationWriter implements ProjectionWriter {
  private readonly rows: BulkInsert;
  private readonly load: Statement<EquationRow>;
  private readonly changed = new Map<string, Equation>();
  private readonly settled = new LRUCache<string, Equation>({ max: MAX_SETTLED });

  constructor(db: Connection) {
    this.rows = new BulkInsert(
      db,
      'conservation',
      `main_account_id, purchased, main, sips, revision, hash, broken_revision, broken_event_id, broken_by`,
      {
        onConflict: `ON CONFLICT (main_account_id) DO UPDATE SET purchased = excluded.purchased,
          main = excluded.main, sips = excluded.sips, revision = excluded.revision, hash = excluded.hash,
          broken_revision = excluded.broken_revision, broken_event_id = excluded.broken_event_id,
          broken_by = excluded.broken_by`,
      },
    );
    this.load = db.prepare('SELECT * FROM conservation WHERE main_account_id = ?');
  }

  apply(entry: LogEntry): void {
    const { recorded, mainAccountId, metadata } = entry;
    const equation = this.equation(mainAccountId);
    const wrong =
      recorded.revision === equation.revision + 1 ? book(equation, entry) : 'an event ahead of it is missing';
    equation.revision = recorded.revision;
    equation.hash = metadata.hash;
    if (wrong) equation.broken ??= { revision: recorded.revision, eventId: recorded.id, by: wrong };
    if (this.changed.size > MAX_CHANGED) this.flush();
  }

  flush(): void {
    for (const [mainAccountId, equation] of this.changed) {
      const { purchased, main, sips, revision, hash, broken } = equation;
      const amounts = [purchased, main, sips].map(String);
      const breach = [broken?.revision ?? null, broken?.eventId ?? null, broken?.by ?? null];
      this.rows.add(mainAccountId, ...amounts, revision, hash, ...breach);
      this.settled.set(mainAccountId, equation);
    }
    this.rows.flush();
    this.changed.clear();
  }

  forget(): void {
    this.rows.forget();
    this.changed.clear();
    this.settled.clear();
  }

  private equation(mainAccountId: string): Equation {
    let equation = this.changed.get(mainAccountId);
    if (!equation) {
      equation = this.settled.get(mainAccountId) ?? this.stored(mainAccountId);
      this.changed.set(mainAccountId, equation);
    }
    return equation;
  }

  private stored(mainAccountId: string): Equation {
    const row = this.load.get(mainAccountId);
    if (!row)
      return { mainAccountId, purchased: 0n, main: 0n, sips: 0n, revision: -1, hash: '', broken: undefined };
    const { revision, hash, broken_revision: brokenAt, broken_event_id: eventId, broken_by: by } = row;
    const broken = brokenAt === null ? undefined : { revision: brokenAt, eventId, by };
    return {
      mainAccountId,
      purchased: BigInt(row.purchased),
      main: BigInt(row.main),
      sips: BigInt(row.sips),
      revision,
      hash,
      broken,
    };
  }
}

/** Books an event. @returns what it breaks, in words */
function book(equation: Equation, { event }: LogEntry): string | undefined {
  const units = 'amount' in event.data ? (unitsOf(event.data.amount) ?? 0n) : 0n;
  if (event.type === 'CreditPurchased') {
    equation.purchased += units;
    equation.main += units;
  }
  const moved = event.type === 'CreditAllocated' ? units : event.type === 'CreditReclaimed' ? -units : 0n;
  equation.main -= moved;
  equation.sips += moved;
  const { purchased, main, sips } = equation;
  if (main < 0n) return `the main account has ${amountOf(main)}, below zero`;
  if (sips < 0n) return `the SIP accounts have ${amountOf(sips)}, below zero`;
  if (purchased !== main + sips)
    return `${amountOf(purchased)} was purchased, but ${amountOf(main + sips)} remains`;
  return undefined;
}

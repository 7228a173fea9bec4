import type { Position, RecordedEvent } from '../event-store/event-store.js';
import type { Connection, Statement } from '../sqlite/database.js';

/** How far a projection has come. Saved in the transaction that holds the rows. */
export interface Checkpoint {
  readonly schema: number;
  readonly position: Position;
  /** The ledger's last event applied, by which the log is known again: others can be erased. Undefined before the first. */
  readonly last: LastEvent | undefined;
}

export type LastEvent = Pick<RecordedEvent, 'id' | 'stream' | 'revision'>;

interface Row {
  readonly schema: number;
  readonly position: string;
  readonly event_id: string | null;
  readonly stream: string;
  readonly revision: number;
}

const DDL = `
CREATE TABLE IF NOT EXISTS checkpoints (
  projection TEXT PRIMARY KEY,
  schema INTEGER NOT NULL,
  position INTEGER NOT NULL,
  event_id TEXT,
  stream TEXT,
  revision INTEGER
) STRICT, WITHOUT ROWID`;

export class Checkpoints {
  private readonly upsert: Statement;

  constructor(private readonly db: Connection) {
    db.exec(DDL);
    this.upsert = db.prepare(`INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?, ?, ?)`);
  }

  load(projection: string): Checkpoint | undefined {
    const row = this.db
      .prepare('SELECT *, CAST(position AS TEXT) AS position FROM checkpoints WHERE projection = ?')
      .get(projection) as Row | undefined;
    if (!row) return undefined;
    const { schema, position, event_id: id, stream, revision } = row;
    return { schema, position: BigInt(position), last: id === null ? undefined : { id, stream, revision } };
  }

  save(projection: string, { schema, position, last }: Checkpoint): void {
    this.upsert.run(
      projection,
      schema,
      position,
      last?.id ?? null,
      last?.stream ?? null,
      last?.revision ?? null,
    );
  }
}

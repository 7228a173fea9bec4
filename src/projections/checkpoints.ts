import type { Position, RecordedEvent } from '../event-store/event-store.js';
import { value, type Connection, type Statement } from '../sqlite/database.js';

/** How far a projection has come. Saved in the transaction that holds the rows. */
export interface Checkpoint {
  readonly schema: number;
  readonly position: Position;
  /** The last landmark of the log up to there, by which it is known again. Undefined before the first. */
  readonly last: LastEvent | undefined;
}

export type LastEvent = Pick<RecordedEvent, 'id' | 'position'>;

interface Row {
  readonly schema: number;
  readonly position: string;
  readonly event_id: string | null;
  readonly event_position: string;
}

const DDL = `
CREATE TABLE IF NOT EXISTS checkpoints (
  projection TEXT PRIMARY KEY,
  schema INTEGER NOT NULL,
  position INTEGER NOT NULL,
  event_id TEXT,
  event_position INTEGER
) STRICT, WITHOUT ROWID`;

const TEXTS =
  'schema, CAST(position AS TEXT) AS position, event_id, CAST(event_position AS TEXT) AS event_position';

export class Checkpoints {
  private readonly upsert: Statement;

  constructor(private readonly db: Connection) {
    // A table of an earlier form cannot tell one log from another: without it every projection begins anew.
    if (value(db, `SELECT 1 FROM pragma_table_info('checkpoints') WHERE name = 'revision'`))
      db.exec('DROP TABLE checkpoints');
    db.exec(DDL);
    this.upsert = db.prepare(`INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?, ?)`);
  }

  load(projection: string): Checkpoint | undefined {
    const row = this.db.prepare<Row>(`SELECT ${TEXTS} FROM checkpoints WHERE projection = ?`).get(projection);
    if (!row) return undefined;
    const { schema, position, event_id: id, event_position: at } = row;
    return {
      schema,
      position: BigInt(position),
      last: id === null ? undefined : { id, position: BigInt(at) },
    };
  }

  save(projection: string, { schema, position, last }: Checkpoint): void {
    this.upsert.run(projection, schema, position, last?.id ?? null, last?.position ?? null);
  }
}

import type { Position, RecordedEvent } from '../../event-store/event-store.js';
import { openReadOnly, type Connection, type Statement, type Value } from '../../sqlite/database.js';
import { resultCode, SQLITE_CORRUPT, SQLITE_IOERR } from '../../sqlite/result-code.js';
import type { Findings } from '../findings.js';

/** By column. */
type Row = Readonly<Record<string, Value>>;

/** The read models' file, read at one moment, however long the audit takes. */
export class ReadModelTables {
  private readonly statements = new Map<string, Statement>();

  private constructor(
    private readonly db: Connection,
    private readonly findings: Findings,
  ) {}

  /** @throws what SQLite throws */
  static open(file: string, findings: Findings): ReadModelTables {
    const db = openReadOnly(file);
    db.exec('BEGIN');
    return new ReadModelTables(db, findings);
  }

  close(): void {
    this.db.exec('ROLLBACK');
    this.db.close();
  }

  /** The views by which rows are read, and what they are made of. */
  views(): ReadonlyMap<string, string> {
    return viewsOf(this.db);
  }

  /** Up to where a projection says that it holds the log; undefined when there is none of that name. */
  position(projection: string): Position | undefined {
    const row = this.row(
      'SELECT CAST(position AS TEXT) AS position FROM checkpoints WHERE projection = ?',
      projection,
    );
    return row && BigInt(String(row['position']));
  }

  row(sql: string, ...parameters: readonly Value[]): Row | undefined {
    let statement = this.statements.get(sql);
    if (!statement) this.statements.set(sql, (statement = this.db.prepare(sql)));
    return statement.get(...parameters) as Row | undefined;
  }

  /** Adds a finding when the row with these keys is missing, or a column is not as the log says. */
  compare(table: string, keys: Row, expected: Row, event?: RecordedEvent): void {
    const where = Object.keys(keys).map((column) => `${column} = ?`);
    const named = `${table} ${Object.values(keys).join(' ')}`;
    let row: Row | undefined;
    try {
      row = this.row(`SELECT * FROM ${table} WHERE ${where.join(' AND ')}`, ...Object.values(keys));
    } catch (error) {
      if ([SQLITE_CORRUPT, SQLITE_IOERR].includes(resultCode(error) ?? 0)) throw error;
      return this.findings.add('read-model', `${named} cannot be read: ${(error as Error).message}`, event);
    }
    if (!row) return this.findings.add('read-model', `the row ${named} is missing`, event);
    for (const [column, value] of Object.entries(expected))
      if (kindOf(row[column]) !== kindOf(value) || String(row[column]) !== String(value))
        this.findings.add(
          'read-model',
          `${named}: ${column} is ${shown(row[column])}, the log says ${shown(value)}`,
          event,
        );
  }

  /** Adds a finding when the table has more rows than the log accounts for, or fewer. */
  count(table: string, expected: number): void {
    const rows = Number(this.row(`SELECT count(*) AS rows FROM ${table}`)?.['rows']);
    if (rows !== expected)
      this.findings.add('read-model', `${table} has ${rows} rows, the log makes ${expected}`);
  }

  report(message: string): void {
    this.findings.add('read-model', message);
  }
}

/** By name: what each view of a file is made of. */
export const viewsOf = (db: Connection): ReadonlyMap<string, string> =>
  new Map(
    db
      .prepare<{ name: string; sql: string }>("SELECT name, sql FROM sqlite_schema WHERE type = 'view'")
      .all()
      .map(({ name, sql }) => [name, sql]),
  );

/** A whole number comes as one of two types. */
const kindOf = (value: Value | undefined): string =>
  value === null ? 'nothing' : typeof value === 'bigint' ? 'number' : typeof value;

const shown = (value: Value | undefined): string => (value === null ? 'nothing' : String(value));

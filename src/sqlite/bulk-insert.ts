import type { Connection, Statement, Value } from './database.js';

/** Rows a statement carries, the most first: a call costs as much as a small row. */
const SIZES = [16, 4, 1] as const;

interface Form {
  /** A row's values in SQL; a parameter for each column when undefined. */
  readonly row?: string;
  /** What is done with rows that are there already, in SQL. */
  readonly onConflict?: string;
}

/** Collects rows for a table and writes many with one statement. Full statements leave at once. */
export class BulkInsert {
  private readonly statements: readonly { readonly values: number; readonly insert: Statement }[];
  private readonly full: number;
  /** Row after row. */
  private values: Value[] = [];
  /** Rows that were written so far: not those that a conflict kept out. */
  inserted = 0;

  /** @param columns their names, with commas between */
  constructor(db: Connection, table: string, columns: string, { row, onConflict = '' }: Form = {}) {
    const width = columns.split(',').length;
    const one = row ?? `(${columns.replace(/\w+/g, '?')})`;
    this.statements = SIZES.map((rows) => {
      const all = Array<string>(rows).fill(one).join(', ');
      const insert = db.prepare(`INSERT INTO ${table} (${columns}) VALUES ${all} ${onConflict}`);
      return { values: rows * width, insert };
    });
    this.full = SIZES[0] * width;
  }

  /** @param row a value for each column */
  add(...row: readonly Value[]): void {
    for (const value of row) this.values.push(value);
    if (this.values.length === this.full) this.flush();
  }

  flush(): void {
    const { values } = this;
    if (values.length === 0) return;
    this.values = [];
    let at = 0;
    for (const { values: step, insert } of this.statements)
      for (; at + step <= values.length; at += step) {
        const some = step === values.length ? values : values.slice(at, at + step);
        this.inserted += insert.run(...some).changes;
      }
  }

  forget(): void {
    this.values = [];
  }
}

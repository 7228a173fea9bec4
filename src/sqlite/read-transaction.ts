import type { Connection, Statement } from './database.js';

/**
 * Reads of one moment on a connection that only reads. To begin and end a transaction takes several times as long as a
 * small read, so it pays for two reads already.
 */
export class ReadTransaction {
  // Prepared: to parse them takes longer than to run them.
  private readonly start: Statement;
  private readonly commit: Statement;

  constructor(private readonly db: Connection) {
    this.start = db.prepare('BEGIN');
    this.commit = db.prepare('COMMIT');
  }

  get isOpen(): boolean {
    return this.db.isTransaction;
  }

  begin(): void {
    this.start.run();
  }

  /** Ends it, if SQLite has not done so by itself, as after some faults. */
  end(): void {
    if (!this.isOpen) return;
    try {
      this.commit.run();
    } catch {
      // Nothing was written, and what was read is told by its own statement.
      if (this.isOpen) this.db.exec('ROLLBACK');
    }
  }

  /** Everything that `read` reads is of one moment: of that of the call around it, if it is called in another. */
  atOnce<Result>(read: () => Result): Result {
    if (this.isOpen) return read();
    this.begin();
    try {
      return read();
    } finally {
      this.end();
    }
  }
}

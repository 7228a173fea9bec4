import { reasonOf, StoreUnavailable } from '../event-store/errors.js';
import { START, type Position } from '../event-store/event-store.js';
import { openDatabase, type Connection, type Statement, type Value } from '../sqlite/database.js';
import { ReadTransaction } from '../sqlite/read-transaction.js';
import {
  isDamage,
  resultCode,
  SQLITE_BUSY,
  SQLITE_CANTOPEN,
  SQLITE_FULL,
  SQLITE_IOERR,
  SQLITE_READONLY,
} from '../sqlite/result-code.js';
import type { AccountView } from './accounts/account-view.js';
import { RecentReads } from './recent-reads.js';

/** Faults that may pass. A reader meets a full disk too: SQLite gives its shared memory a place in the file system. */
const PASSING = new Set([SQLITE_BUSY, SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN]);

/** A column: up to where the rows of a projection hold the log. */
export const positionOf = (projection: string): string =>
  `(SELECT CAST(position AS TEXT) FROM checkpoints WHERE projection = '${projection}') AS position`;

/** Not yet, or not while the supervisor could not put another file in their place: it tries again. */
const notOpen = () => new StoreUnavailable('the read models are not open now');

/** The read models as this thread reads them: at once, each statement prepared once. */
export class ReadModels {
  private db: Connection | undefined;
  private transaction: ReadTransaction | undefined;
  /** Set while a transaction is open that ends with this turn of the event loop. */
  private turn: NodeJS.Immediate | undefined;
  private readonly statements = new Map<string, Statement>();
  readonly recent = new RecentReads<AccountView>();
  /** Told of a damage that a read has met: the thread that writes may never come to that page. */
  onDamage: ((reason: string) => void) | undefined;

  get isOpen(): boolean {
    return this.db !== undefined;
  }

  open(file: string): void {
    this.close();
    this.db = openDatabase(file);
    this.db.exec('PRAGMA query_only = ON');
    this.transaction = new ReadTransaction(this.db);
  }

  close(): void {
    this.moved(undefined);
    this.statements.clear();
    this.db?.close();
    this.db = this.transaction = undefined;
  }

  /**
   * The statement of these rows; do not keep it, another file may take this one's place.
   * @throws StoreUnavailable where none is open or it cannot be read, as its calls do
   */
  query<Row>(sql: string): Statement<Row> {
    if (!this.db) throw notOpen();
    let statement = this.statements.get(sql);
    if (!statement) this.statements.set(sql, (statement = this.prepared(this.db, sql)));
    return statement as Statement<Row>;
  }

  /** Up to where the rows of a projection hold the log. */
  position(projection: string): Position {
    const row = this.query<{ position: string }>(
      'SELECT CAST(position AS TEXT) AS position FROM checkpoints WHERE projection = ?',
    ).get(projection);
    return row ? BigInt(row.position) : START;
  }

  /** The rows hold more of these streams, of any when undefined: what is read from now on is not from before. */
  moved(streams: readonly string[] | undefined): void {
    this.endTurn();
    this.recent.forget(streams);
  }

  /** What is read like this in one turn of the event loop is of one moment. */
  inThisTurn<Result>(read: () => Result): Result {
    if (!this.opened.isOpen) {
      this.opened.begin();
      this.turn = setImmediate(() => this.endTurn());
    }
    return read();
  }

  /** Everything that `read` reads is of one moment: of that of the call around it, if it is called in another. */
  atOnce<Result>(read: () => Result): Result {
    return this.opened.atOnce(read);
  }

  private get opened(): ReadTransaction {
    if (!this.transaction) throw notOpen();
    return this.transaction;
  }

  private endTurn(): void {
    if (!this.turn) return;
    clearImmediate(this.turn);
    this.turn = undefined;
    this.transaction?.end();
  }

  private prepared(db: Connection, sql: string): Statement {
    const watched =
      <Parameters extends readonly unknown[], Answer>(call: (...parameters: Parameters) => Answer) =>
      (...parameters: Parameters): Answer => {
        try {
          return call(...parameters);
        } catch (error) {
          throw this.told(error);
        }
      };
    const statement = watched(() => db.prepare(sql))();
    return {
      get: watched((...parameters: Value[]) => statement.get(...parameters)),
      all: watched((...parameters: Value[]) => statement.all(...parameters)),
      run: watched((...parameters: Value[]) => statement.run(...parameters)),
    };
  }

  /** What a caller is told of what a read has met. */
  private told(error: unknown): unknown {
    if (isDamage(error)) {
      this.onDamage?.(error.message);
      return new StoreUnavailable('the read models are damaged, and are built anew', { cause: error });
    }
    if (!PASSING.has(resultCode(error) ?? 0)) return error;
    return new StoreUnavailable(`the read models cannot be read: ${reasonOf(error)}`, { cause: error });
  }
}

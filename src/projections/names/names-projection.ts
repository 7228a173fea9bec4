import { isTombstone, type RecordedEvent } from '../../event-store/event-store.js';
import { parseProfileEvent, profileOf } from '../../profiles/profile-events.js';
import { cutWriteAheadLog, type Connection, type Statement } from '../../sqlite/database.js';
import { overwriting } from '../../sqlite/overwriting.js';
import type { Projection, ProjectionWriter } from '../projection.js';
import { searchText, tailsOf } from './search-text.js';

/** How long an erasure waits for somebody who reads the file, before it is left to be tried again. */
const PATIENCE_MS = 200;

/** The names of SIP accounts, to show and to find them by. They are personal data: an erasure leaves no byte of them. */
export const namesProjection: Projection = {
  name: 'names',
  schema: 1,
  tables: ['names', 'name_tails', 'named_accounts'],
  personal: true,
  // `position` is that of the last event, by which a page knows that there are other names than it shows.
  ddl: `
    CREATE TABLE names (
      main_account_id TEXT NOT NULL,
      sip_account_id TEXT NOT NULL,
      name TEXT NOT NULL,
      search_text TEXT NOT NULL,
      PRIMARY KEY (main_account_id, sip_account_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE name_tails (
      tail TEXT NOT NULL,
      main_account_id TEXT NOT NULL,
      sip_account_id TEXT NOT NULL,
      PRIMARY KEY (tail, main_account_id, sip_account_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE named_accounts (
      main_account_id TEXT PRIMARY KEY,
      position INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
  open: (db) => new NamesWriter(db),
};

interface NameRow {
  readonly sip_account_id: string;
  readonly search_text: string;
}

/** Writes as it reads: names are rare, and a rolled back transaction takes its rows along. */
class NamesWriter implements ProjectionWriter {
  private readonly select: Statement<NameRow>;
  private readonly selectAll: Statement<NameRow>;
  private readonly insert: Statement;
  private readonly insertTail: Statement;
  private readonly remove: Statement;
  private readonly removeTail: Statement;
  private readonly saveChange: Statement;
  /** Whether pages may still hold names that this transaction erased. */
  private pagesHoldErased = false;
  /** Whether the write-ahead log may still hold erased names: also those of a process that died before it cut it. */
  private logHoldsErased = true;

  constructor(private readonly db: Connection) {
    const ofSip = 'WHERE main_account_id = ? AND sip_account_id = ?';
    this.select = db.prepare(`SELECT sip_account_id, search_text FROM names ${ofSip}`);
    this.selectAll = db.prepare('SELECT sip_account_id, search_text FROM names WHERE main_account_id = ?');
    this.insert = db.prepare('INSERT INTO names VALUES (?, ?, ?, ?)');
    this.insertTail = db.prepare('INSERT OR IGNORE INTO name_tails VALUES (?, ?, ?)');
    this.remove = db.prepare(`DELETE FROM names ${ofSip}`);
    this.removeTail = db.prepare(
      `DELETE FROM name_tails WHERE tail = ? AND main_account_id = ? AND sip_account_id = ?`,
    );
    this.saveChange = db.prepare('INSERT OR REPLACE INTO named_accounts VALUES (?, ?)');
  }

  applyOther(recorded: RecordedEvent): void {
    const { stream, type, data, position } = recorded;
    const mainAccountId = profileOf(stream);
    if (mainAccountId === undefined) return;
    const event = isTombstone(recorded) ? undefined : parseProfileEvent(type, data);
    overwriting(this.db, () => {
      if (event?.type !== 'SipAccountNamed') this.erase(mainAccountId);
      else this.name(mainAccountId, event.data.sipAccountId, event.data.name);
      this.saveChange.run(mainAccountId, position);
    });
  }

  flush(): void {
    if (!this.pagesHoldErased) return;
    overwriting(this.db, () => this.rewriteNames());
    this.pagesHoldErased = false;
    this.logHoldsErased = true;
  }

  forget(): void {
    this.pagesHoldErased = false;
  }

  finish(): boolean {
    if (this.logHoldsErased) this.logHoldsErased = !cutWriteAheadLog(PATIENCE_MS, this.db);
    return !this.logHoldsErased;
  }

  private name(mainAccountId: string, sipAccountId: string, name: string): void {
    const before = this.select.get(mainAccountId, sipAccountId);
    if (before) this.drop(mainAccountId, before);
    if (name === '') return;
    const text = searchText(name);
    this.insert.run(mainAccountId, sipAccountId, name, text);
    for (const tail of tailsOf(text)) this.insertTail.run(tail, mainAccountId, sipAccountId);
  }

  private erase(mainAccountId: string): void {
    for (const row of this.selectAll.all(mainAccountId)) this.drop(mainAccountId, row);
    this.pagesHoldErased = true;
  }

  /**
   * Writes the names that are left anew. A page keeps what was once moved to another, where no deletion finds it; a
   * page that is let go is cleared whole.
   */
  private rewriteNames(): void {
    for (const table of ['names', 'name_tails'])
      this.db.exec(`
        CREATE TABLE kept AS SELECT * FROM ${table};
        DELETE FROM ${table};
        INSERT INTO ${table} SELECT * FROM kept ORDER BY rowid;
        DROP TABLE kept`);
  }

  private drop(mainAccountId: string, { sip_account_id, search_text }: NameRow): void {
    for (const tail of tailsOf(search_text)) this.removeTail.run(tail, mainAccountId, sip_account_id);
    this.remove.run(mainAccountId, sip_account_id);
  }
}

import { hash as digest } from 'node:crypto';
import type Database from 'libsql';
import { BulkInsert } from '../bulk-insert.js';

/**
 * The one index that is written here and there: nothing else finds a key that was never there. So it is small: a hash
 * of 50 bits, and the position of the entry that holds the key itself. A key that has the hash of an earlier one, as
 * a few among ten million do, is in a table of its own.
 */
export const KEY_TABLES = ['command_keys', 'colliding_keys'] as const;

export const KEY_DDL = `
    CREATE TABLE command_keys (hash INTEGER PRIMARY KEY, position INTEGER NOT NULL) STRICT;
    CREATE TABLE colliding_keys (
      hash INTEGER NOT NULL,
      position INTEGER NOT NULL,
      PRIMARY KEY (hash, position)
    ) STRICT, WITHOUT ROWID;
    DROP VIEW IF EXISTS known_keys;
    CREATE VIEW known_keys AS
      SELECT hash, position FROM command_keys UNION ALL SELECT hash, position FROM colliding_keys;`;

/**
 * 36 bits of a digest of all but the key's last two characters, then those two as they are: running numbers lie side
 * by side, a hundred on a page, instead of a page each. Cryptographic, so that nobody can easily choose keys that are
 * slow to find. No id holds a slash, and keys are visible ASCII.
 */
export function keyHash(mainAccountId: string, idempotencyKey: string): number {
  const begin = digest('sha256', `${mainAccountId}/${idempotencyKey.slice(0, -2)}`);
  const [last = 0, lastButOne = 0] = [idempotencyKey.at(-1), idempotencyKey.at(-2)].map((c) =>
    c?.charCodeAt(0),
  );
  return Number.parseInt(begin.slice(0, 9), 16) * 2 ** 14 + (lastButOne & 127) * 128 + (last & 127);
}

/** A command that was booked a second time. */
export class KeyUsedTwice extends Error {
  override readonly name = 'KeyUsedTwice';
}

interface Key {
  readonly hash: number;
  readonly position: number;
}

/** Collects the keys of entries and writes them together. */
export class CommandKeys {
  private readonly rows: BulkInsert;
  private readonly byHash: Database.Statement;
  private readonly twice: Database.Statement;
  private readonly collide: Database.Statement;
  private keys: Key[] = [];

  /** The tables of the keys, and the view `history`, must be there. */
  constructor(
    db: Database.Database,
    private readonly hashOf = keyHash,
  ) {
    this.rows = new BulkInsert(db, 'command_keys', 'hash, position', {
      onConflict: 'ON CONFLICT DO NOTHING',
    });
    this.byHash = db.prepare('SELECT position FROM command_keys WHERE hash = ?');
    this.twice = db.prepare(
      `SELECT earlier.position FROM (SELECT position FROM known_keys WHERE hash = ?1)
       CROSS JOIN history AS earlier USING (position) CROSS JOIN history AS later
       WHERE later.position = ?2 AND earlier.position <> later.position AND earlier.account = later.account
         AND earlier.idempotency_key = later.idempotency_key`,
    );
    this.collide = db.prepare('INSERT INTO colliding_keys VALUES (?, ?)');
  }

  add(mainAccountId: string, idempotencyKey: string, position: number): void {
    this.keys.push({ hash: this.hashOf(mainAccountId, idempotencyKey), position });
  }

  /** To be called when the entries are written. @throws KeyUsedTwice */
  flush(): void {
    const { keys } = this;
    this.keys = [];
    // In their order, so that those of one page follow each other.
    keys.sort((a, b) => a.hash - b.hash || a.position - b.position);
    const before = this.rows.inserted;
    for (const { hash, position } of keys) this.rows.add(hash, position);
    this.rows.flush();
    if (this.rows.inserted - before < keys.length) for (const key of keys) this.settleCollision(key);
  }

  forget(): void {
    this.keys = [];
    this.rows.forget();
  }

  private settleCollision({ hash, position }: Key): void {
    const { position: holder } = this.byHash.get([hash]) as { position: number };
    if (holder === position) return;
    const earlier = this.twice.get([hash, position]) as { position: number } | undefined;
    if (earlier) throw new KeyUsedTwice(`its key was used at position ${earlier.position}`);
    this.collide.run([hash, position]);
  }
}

import { BulkInsert } from '../../sqlite/bulk-insert.js';
import type { Connection, Statement } from '../../sqlite/database.js';
import type { LogEntry } from '../log-entry.js';
import type { ProjectionWriter } from '../projection.js';
import { keyHash } from './key-hash.js';

/**
 * The one index that is written here and there: nothing else finds a key that was never there. So it is small: a hash
 * of 53 bits, and the position of the entry that holds the key itself. A key that has the hash of an earlier one, as
 * a few among ten million do, and one in forty where 100 000 accounts use the same, is in a table of its own.
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

/** A command that was booked a second time. */
export class KeyUsedTwice extends Error {
  override readonly name = 'KeyUsedTwice';
}

/** Keys that are gathered before they are written: twice eight bytes each. */
const MOST = 2 ** 20;
/** Keys a statement carries. */
const TOGETHER = 64;

/** Two entries of one hash, one of them in the table of those that collide. */
const TWICE = `SELECT min(earlier.position, later.position) AS position
  FROM colliding_keys AS asked CROSS JOIN known_keys AS other ON other.hash = asked.hash
  CROSS JOIN history AS earlier ON earlier.position = other.position
  CROSS JOIN history AS later ON later.position = asked.position`;
const SAME = `earlier.position <> later.position AND earlier.account = later.account
  AND earlier.idempotency_key = later.idempotency_key`;

/** @throws KeyUsedTwice when there is one */
function refuse(twice: { readonly position: number } | undefined): void {
  if (twice) throw new KeyUsedTwice(`its key was used at position ${twice.position}`);
}

/** Collects the keys of entries and writes them together. */
export class CommandKeys {
  private readonly rows: BulkInsert;
  private readonly byHash: Statement<{ position: number }>;
  private readonly collide: Statement;
  private twice: Statement<{ position: number }> | undefined;
  // Both are filled anew after each time they were written: to let them grow anew would take three times the room.
  private readonly hashes: number[] = [];
  private readonly positions: number[] = [];
  private count = 0;

  /** The tables of the keys must be there. */
  constructor(
    private readonly db: Connection,
    private readonly hashOf = keyHash,
  ) {
    this.rows = new BulkInsert(db, 'command_keys', 'hash, position', {
      onConflict: 'ON CONFLICT DO NOTHING',
    });
    this.byHash = db.prepare('SELECT position FROM command_keys WHERE hash = ?');
    this.collide = db.prepare('INSERT INTO colliding_keys VALUES (?, ?)');
  }

  add(mainAccountId: string, idempotencyKey: string, position: number): void {
    this.hashes[this.count] = this.hashOf(mainAccountId, idempotencyKey);
    this.positions[this.count] = position;
    this.count += 1;
  }

  get areMany(): boolean {
    return this.count === MOST;
  }

  /** To be called when the entries are written. @throws KeyUsedTwice */
  flush(): void {
    for (const [hash, position] of this.write()) {
      this.twice ??= this.db.prepare(
        `${TWICE} WHERE asked.hash = ? AND asked.position = ? AND ${SAME} LIMIT 1`,
      );
      refuse(this.twice.get(hash, position));
    }
  }

  /** Writes the keys; the entries may be missing. @returns hashes and positions of those with the hash of an earlier one */
  write(): (readonly [number, number])[] {
    const { hashes, positions, count } = this;
    this.count = 0;
    const collided: (readonly [number, number])[] = [];
    // In about their order, so that those of one page follow each other: the first 33 bits, then the place in the
    // array, are one number that sorts without a call for each two.
    const order = new Float64Array(count);
    for (let i = 0; i < count; i++) order[i] = Math.floor(hashes[i]! / 2 ** 20) * MOST + i;
    order.sort();
    for (let begin = 0; begin < order.length; begin += TOGETHER) {
      const some = Array.from(order.subarray(begin, begin + TOGETHER), (each) => each % MOST);
      const before = this.rows.inserted;
      for (const i of some) this.rows.add(hashes[i]!, positions[i]!);
      this.rows.flush();
      if (this.rows.inserted - before === some.length) continue;
      for (const i of some)
        if (this.keepApart(hashes[i]!, positions[i]!)) collided.push([hashes[i]!, positions[i]!]);
    }
    return collided;
  }

  /** Two keys of one hash must be two keys, in all that was written. @throws KeyUsedTwice */
  checkCollisions(): void {
    refuse(this.db.prepare<{ position: number }>(`${TWICE} WHERE ${SAME} LIMIT 1`).get());
  }

  forget(): void {
    this.count = 0;
    this.rows.forget();
  }

  /** @returns whether another key has the hash */
  private keepApart(hash: number, position: number): boolean {
    const apart = this.byHash.get(hash)!.position !== position;
    if (apart) this.collide.run(hash, position);
    return apart;
  }
}

/** Writes the keys of a whole log where its entries are not at hand: whether one is there twice is seen later. */
export class KeysWriter implements ProjectionWriter {
  private readonly keys: CommandKeys;

  constructor(db: Connection) {
    this.keys = new CommandKeys(db);
  }

  apply({ recorded, mainAccountId, metadata }: LogEntry): void {
    this.keys.add(mainAccountId, metadata.idempotencyKey, Number(recorded.position));
    if (this.keys.areMany) this.flush();
  }

  flush(): void {
    this.keys.write();
  }

  forget(): void {
    this.keys.forget();
  }
}

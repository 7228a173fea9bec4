import { hash as digest } from 'node:crypto';
import { BulkInsert } from '../../sqlite/bulk-insert.js';
import type { Connection, Statement } from '../../sqlite/database.js';
import type { LogEntry } from '../log-entry.js';
import type { ProjectionWriter } from '../projection.js';

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
  const begin = beginOf(`${mainAccountId}/${idempotencyKey.slice(0, -2)}`);
  const [last = 0, lastButOne = 0] = [idempotencyKey.at(-1), idempotencyKey.at(-2)].map((c) =>
    c?.charCodeAt(0),
  );
  return begin * 2 ** 14 + (lastButOne & 127) * 128 + (last & 127);
}

let [asked, answered] = ['', 0];

/** Its first 36 bits. A hundred running numbers that follow each other are asked for with one text. */
function beginOf(text: string): number {
  if (text !== asked) [asked, answered] = [text, Number.parseInt(digest('sha256', text).slice(0, 9), 16)];
  return answered;
}

/** A command that was booked a second time. */
export class KeyUsedTwice extends Error {
  override readonly name = 'KeyUsedTwice';
}

/** Keys that are gathered before they are written: twice eight bytes each. */
const MOST = 2 ** 20;
/** Keys a statement carries. */
const TOGETHER = 64;

/** Collects the keys of entries and writes them together. */
export class CommandKeys {
  private readonly rows: BulkInsert;
  private readonly byHash: Statement<{ position: number }>;
  private readonly collide: Statement;
  private hashes: number[] = [];
  private positions: number[] = [];

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
    this.hashes.push(this.hashOf(mainAccountId, idempotencyKey));
    this.positions.push(position);
  }

  get areMany(): boolean {
    return this.hashes.length === MOST;
  }

  /** To be called when the entries are written. @throws KeyUsedTwice */
  flush(): void {
    if (this.write()) this.checkCollisions();
  }

  /** Writes the keys; the entries may be missing. @returns whether some have the hash of others */
  write(): boolean {
    const { hashes, positions } = this;
    [this.hashes, this.positions] = [[], []];
    let collided = false;
    // In about their order, so that those of one page follow each other: the first 33 bits, then the place in the
    // array, are one number that sorts without a call for each two.
    const order = Float64Array.from(hashes, (hash, i) => Math.floor(hash / 2 ** 17) * MOST + i).toSorted();
    for (let begin = 0; begin < order.length; begin += TOGETHER) {
      const some = Array.from(order.subarray(begin, begin + TOGETHER), (each) => each % MOST);
      const before = this.rows.inserted;
      for (const i of some) this.rows.add(hashes[i]!, positions[i]!);
      this.rows.flush();
      if (this.rows.inserted - before === some.length) continue;
      collided = true;
      for (const i of some) this.keepApart(hashes[i]!, positions[i]!);
    }
    return collided;
  }

  /** Two keys of one hash must be two keys. @throws KeyUsedTwice */
  checkCollisions(): void {
    const twice = this.db
      .prepare<{ position: number }>(
        `SELECT min(earlier.position, later.position) AS position
         FROM colliding_keys AS asked CROSS JOIN known_keys AS other ON other.hash = asked.hash
         CROSS JOIN history AS earlier ON earlier.position = other.position
         CROSS JOIN history AS later ON later.position = asked.position
         WHERE earlier.position <> later.position AND earlier.account = later.account
           AND earlier.idempotency_key = later.idempotency_key LIMIT 1`,
      )
      .get();
    if (twice) throw new KeyUsedTwice(`its key was used at position ${twice.position}`);
  }

  forget(): void {
    this.hashes = [];
    this.positions = [];
    this.rows.forget();
  }

  private keepApart(hash: number, position: number): void {
    const { position: holder } = this.byHash.get(hash)!;
    if (holder !== position) this.collide.run(hash, position);
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

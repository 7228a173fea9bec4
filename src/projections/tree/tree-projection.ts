import { subtrees } from '../../audit/merkle-by-fours.js';
import { HASH_BYTES, type Hash } from '../../audit/merkle.js';
import type { Connection, Statement } from '../../sqlite/database.js';
import type { LogEntry } from '../log-entry.js';
import type { Projection, ProjectionWriter } from '../projection.js';

/** Hashes in a tile. */
export const TILE = 256;
/** Levels of the tree from one level of tiles to the next: a full tile is one hash of the tile above. */
export const TILE_LEVELS = 8;
export const POSITION_BYTES = 8;

/** Tiles that are held back, at most: only a build fills so many before it ends. */
const MAX_CHANGED = 500;

/**
 * The Merkle tree over the ledger's events in the order of the log. Its hashes lie in tiles, 256 together, so
 * that an event costs a fraction of a row. The lowest tiles also hold the positions of their events.
 */
export const treeProjection: Projection = {
  name: 'tree',
  schema: 1,
  tables: ['tree_tiles'],
  ddl: `
    CREATE TABLE tree_tiles (
      level INTEGER NOT NULL,
      place INTEGER NOT NULL,
      hashes BLOB NOT NULL,
      positions BLOB NOT NULL,
      first_position INTEGER NOT NULL,
      PRIMARY KEY (level, place)
    ) STRICT;
    CREATE INDEX tree_tiles_by_position ON tree_tiles (first_position) WHERE level = 0`,
  open: (db) => new TreeWriter(db),
};

export interface TileRow {
  readonly place: number;
  readonly hashes: Uint8Array;
  /** Of level 0: eight bytes each, big-endian. */
  readonly positions: Uint8Array;
}

/** A tile of which the last hashes are still to come, or that is still to be written. */
class Tile {
  count = 0;
  /** Of so many of its events the leaves are made; of the rest it holds what they bear, for leaves are made together. */
  private made = 0;
  private readonly allHashes = Buffer.alloc(TILE * HASH_BYTES);
  private readonly allPositions: Buffer;

  constructor(
    readonly level: number,
    readonly place: number,
  ) {
    this.allPositions = Buffer.alloc(level === 0 ? TILE * POSITION_BYTES : 0);
  }

  get hashes(): Buffer {
    const all = this.allHashes.subarray(0, this.count * HASH_BYTES);
    if (this.made < this.count) {
      const rest = all.subarray(this.made * HASH_BYTES);
      rest.set(subtrees.leaves(rest));
      this.made = this.count;
    }
    return all;
  }

  get positions(): Buffer {
    return this.allPositions.subarray(0, this.count * POSITION_BYTES);
  }

  /** Takes the bytes that a row holds. */
  fill({ hashes, positions }: TileRow): this {
    this.allHashes.set(hashes);
    this.allPositions.set(positions);
    this.made = this.count = hashes.length / HASH_BYTES;
    return this;
  }

  addEvent(hash: string, position: bigint): void {
    this.allHashes.write(hash, this.count * HASH_BYTES, HASH_BYTES, 'hex');
    this.allPositions.writeBigInt64BE(position, this.count * POSITION_BYTES);
    this.count += 1;
  }

  /** Of a full tile one level of tiles below. */
  addRoot(root: Hash): void {
    root.copy(this.allHashes, this.count * HASH_BYTES);
    this.made = this.count += 1;
  }
}

class TreeWriter implements ProjectionWriter {
  private readonly save: Statement;
  private readonly last: Statement<TileRow>;
  /** By level: the tile that grows. */
  private growing = new Map<number, Tile>();
  private readonly changed = new Set<Tile>();

  constructor(db: Connection) {
    this.save = db.prepare('INSERT OR REPLACE INTO tree_tiles VALUES (?, ?, ?, ?, ?)');
    this.last = db.prepare('SELECT * FROM tree_tiles WHERE level = ? ORDER BY place DESC LIMIT 1');
  }

  apply({ recorded, metadata }: LogEntry): void {
    const tile = this.tile(0);
    tile.addEvent(metadata.hash, recorded.position);
    this.grown(tile);
    if (this.changed.size > MAX_CHANGED) this.flush();
  }

  flush(): void {
    for (const { level, place, hashes, positions } of this.changed) {
      const first = level === 0 ? Number(positions.readBigInt64BE()) : 0;
      this.save.run(level, place, hashes, positions, first);
    }
    this.changed.clear();
  }

  forget(): void {
    this.growing.clear();
    this.changed.clear();
  }

  private grown(tile: Tile): void {
    this.changed.add(tile);
    if (tile.count < TILE) return;
    this.growing.set(tile.level, new Tile(tile.level, tile.place + 1));
    const above = this.tile(tile.level + 1);
    above.addRoot(subtrees.ofNodes(tile.hashes));
    this.grown(above);
  }

  private tile(level: number): Tile {
    let tile = this.growing.get(level);
    if (!tile) this.growing.set(level, (tile = this.stored(level)));
    return tile;
  }

  /** The tile that grows, as it was written last; the next one if that was full. */
  private stored(level: number): Tile {
    const row = this.last.get(level);
    if (!row) return new Tile(level, 0);
    const tile = new Tile(level, row.place).fill(row);
    return tile.count === TILE ? new Tile(level, row.place + 1) : tile;
  }
}

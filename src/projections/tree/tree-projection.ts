import { eventLeaf, HASH_BYTES, rootOver, type Hash } from '../../audit/merkle.js';
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
  constructor(
    readonly level: number,
    readonly place: number,
    readonly hashes: Hash[] = [],
    readonly positions: bigint[] = [],
  ) {}
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
    this.add(0, eventLeaf(metadata.hash), recorded.position);
    if (this.changed.size > MAX_CHANGED) this.flush();
  }

  flush(): void {
    for (const { level, place, hashes, positions } of this.changed) {
      const first = Number(positions[0] ?? 0n);
      this.save.run(level, place, Buffer.concat(hashes), bytesOf(positions), first);
    }
    this.changed.clear();
  }

  forget(): void {
    this.growing.clear();
    this.changed.clear();
  }

  private add(level: number, hash: Hash, position?: bigint): void {
    const tile = this.tile(level);
    tile.hashes.push(hash);
    if (position !== undefined) tile.positions.push(position);
    this.changed.add(tile);
    if (tile.hashes.length < TILE) return;
    this.growing.set(level, new Tile(level, tile.place + 1));
    this.add(level + 1, rootOver(tile.hashes));
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
    const hashes = slices(row.hashes, HASH_BYTES);
    if (hashes.length === TILE) return new Tile(level, row.place + 1);
    const positions = slices(row.positions, POSITION_BYTES).map((bytes) => bytes.readBigInt64BE());
    return new Tile(level, row.place, hashes, positions);
  }
}

export const slices = (bytes: Uint8Array, size: number): Buffer[] =>
  Array.from({ length: bytes.length / size }, (_, i) =>
    Buffer.from(bytes.subarray(i * size, (i + 1) * size)),
  );

function bytesOf(positions: readonly bigint[]): Buffer {
  const bytes = Buffer.alloc(positions.length * POSITION_BYTES);
  for (const [i, position] of positions.entries()) bytes.writeBigInt64BE(position, i * POSITION_BYTES);
  return bytes;
}

import { HASH_BYTES, rootOver, slices, type Hash } from '../../audit/merkle.js';
import type { Position } from '../../event-store/event-store.js';
import type { ReadModels } from '../read-models.js';
import { POSITION_BYTES, TILE, TILE_LEVELS, type TileRow } from './tree-projection.js';

/** The tree over the ledger's events, as the read models hold it. For use within one read. */
export class LogTree {
  constructor(private readonly models: ReadModels) {}

  /** Events in the tree. */
  get size(): number {
    const row = this.models
      .query<{ place: number; bytes: number }>(
        'SELECT place, length(hashes) AS bytes FROM tree_tiles WHERE level = 0 ORDER BY place DESC LIMIT 1',
      )
      .get();
    return row ? row.place * TILE + row.bytes / HASH_BYTES : 0;
  }

  /** The root of the complete subtree of 2^level leaves, the index-th of that size. */
  readonly node = (level: number, index: number): Hash => {
    const tileLevel = Math.floor(level / TILE_LEVELS);
    const span = 2 ** (level - tileLevel * TILE_LEVELS);
    const begin = index * span;
    const hashes = this.hashes(tileLevel, Math.floor(begin / TILE));
    return rootOver(hashes.slice(begin % TILE, (begin % TILE) + span));
  };

  /** The place in the tree of the event at a position of the log. */
  leafAt(position: Position): number | undefined {
    const row = this.models
      .query<TileRow>(
        'SELECT * FROM tree_tiles WHERE level = 0 AND first_position <= ? ORDER BY first_position DESC LIMIT 1',
      )
      .get(Number(position));
    const within = row
      ? slices(row.positions, POSITION_BYTES).findIndex((bytes) => bytes.readBigInt64BE() === position)
      : -1;
    return row && within >= 0 ? row.place * TILE + within : undefined;
  }

  private hashes(level: number, place: number): Hash[] {
    const row = this.models
      .query<TileRow>('SELECT * FROM tree_tiles WHERE level = ? AND place = ?')
      .get(level, place);
    return row ? slices(row.hashes, HASH_BYTES) : [];
  }
}

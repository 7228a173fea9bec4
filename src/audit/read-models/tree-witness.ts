import type { Position } from '../../event-store/event-store.js';
import { eventLeaf, rootOver, type Hash } from '../merkle.js';
import type { ReadModelTables } from './read-model-tables.js';
import type { Witness, WitnessedEvent } from './witness.js';

const TILE = 256;

/** Compares the tiles of the Merkle tree with the log. */
export class TreeWitness implements Witness {
  /** By level: the hashes of the tile that grows, and how many tiles came before it. */
  private readonly levels: { before: number; hashes: Hash[]; positions: Position[] }[] = [];

  constructor(
    private readonly tables: ReadModelTables,
    readonly until: Position,
  ) {}

  event({ recorded, read }: WitnessedEvent): void {
    this.add(0, eventLeaf(read.metadata.hash), recorded.position);
  }

  end(): void {
    let tiles = 0;
    for (const [level, { before, hashes }] of this.levels.entries()) {
      if (hashes.length > 0) this.compare(level);
      tiles += before + (hashes.length > 0 ? 1 : 0);
    }
    this.tables.count('tree_tiles', tiles);
  }

  private add(level: number, hash: Hash, position?: Position): void {
    const tile = (this.levels[level] ??= { before: 0, hashes: [], positions: [] });
    tile.hashes.push(hash);
    if (position !== undefined) tile.positions.push(position);
    if (tile.hashes.length < TILE) return;
    this.compare(level);
    this.levels[level] = { before: tile.before + 1, hashes: [], positions: [] };
    this.add(level + 1, rootOver(tile.hashes));
  }

  private compare(level: number): void {
    const { before = 0, hashes = [], positions = [] } = this.levels[level] ?? {};
    const row = this.tables.row(
      `SELECT hex(hashes) AS hashes, hex(positions) AS positions, CAST(first_position AS TEXT) AS first
       FROM tree_tiles WHERE level = ? AND place = ?`,
      level,
      before,
    );
    const places = positions.map((position) => position.toString(16).padStart(16, '0')).join('');
    if (
      row?.['hashes'] !== Buffer.concat(hashes).toString('hex').toUpperCase() ||
      row['positions'] !== places.toUpperCase() ||
      // By which the tile of an event is found.
      (level === 0 && row['first'] !== String(positions[0]))
    )
      this.tables.report(`tree_tiles ${level} ${before} is not what the log makes`);
  }
}

import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LogEntry } from '../../src/projections/log-entry.js';
import { openReadModels } from '../../src/projections/read-models-file.js';
import { ReadModels } from '../../src/projections/read-models.js';
import { LogTree } from '../../src/projections/tree/log-tree.js';
import { TILE, treeProjection } from '../../src/projections/tree/tree-projection.js';
import { openDatabase, query, type Connection } from '../../src/sqlite/database.js';
import { readModelsIn } from '../support/projecting.js';
import { temporaryDirectory } from '../support/service.js';

/** Events at every other position: between them are some that are none of the ledger's. */
const entry = (place: number): LogEntry =>
  ({
    recorded: { position: BigInt(2 * place + 1) },
    metadata: { hash: place.toString(16).padStart(64, '0') },
  }) as LogEntry;

/** Adds the events from a place up to another, as a process of its own does. */
function grow(db: Connection, from: number, to: number): void {
  const writer = treeProjection.open(db);
  for (let place = from; place < to; place += 1) writer.apply?.(entry(place));
  writer.flush();
}

describe('the tree over the log', () => {
  let directory: string;
  let db: Connection;
  beforeEach(() => {
    directory = temporaryDirectory();
    db = openReadModels(readModelsIn(directory));
    db.exec(treeProjection.ddl);
  });
  afterEach(() => {
    db.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it.each([1, TILE - 1, TILE, TILE + 1])('is the same when a later process goes on at %i', (end) => {
    grow(db, 0, end);
    grow(db, end, end + 3);
    const whole = openDatabase(':memory:');
    whole.exec(treeProjection.ddl);
    grow(whole, 0, end + 3);

    const rows = (of: Connection) => query(of, 'SELECT * FROM tree_tiles ORDER BY level, place').all();
    expect(rows(db)).toEqual(rows(whole));
    whole.close();
  });

  it('knows every event by its position, and none by another', () => {
    const size = 2 * TILE + 3;
    grow(db, 0, size);
    const models = new ReadModels();
    models.open(readModelsIn(directory));
    const tree = new LogTree(models);
    const places = Array.from({ length: 2 * size + 2 }, (_, position) => tree.leafAt(BigInt(position)));
    const { size: told } = tree;
    models.close();

    expect(places.filter((place) => place !== undefined)).toEqual([...Array(size).keys()]);
    expect(places.map((place, position) => place ?? (position - 1) / 2)).toEqual(
      places.map((_, position) => (position - 1) / 2),
    );
    expect(told).toBe(size);
  });
});

import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { accountsProjection } from '../../src/projections/accounts/accounts-projection.js';
import {
  CommandKeys,
  KEY_DDL,
  KeysWriter,
  KeyUsedTwice,
} from '../../src/projections/accounts/command-keys.js';
import type { LogEntry } from '../../src/projections/log-entry.js';
import { openReadModels } from '../../src/projections/read-models-file.js';
import { openDatabase, query, value, type Connection } from '../../src/sqlite/database.js';
import { readModelsIn } from '../support/projecting.js';
import { temporaryDirectory } from '../support/service.js';

/** All keys of one length have one hash. */
const byLength = (_: string, idempotencyKey: string): number => idempotencyKey.length;

describe('the keys of commands that share a hash', () => {
  let directory: string;
  let db: Connection;
  let keys: CommandKeys;
  let position: number;
  beforeEach(() => {
    directory = temporaryDirectory();
    db = openReadModels(readModelsIn(directory));
    db.exec(accountsProjection.ddl);
    keys = new CommandKeys(db, byLength);
    position = 0;
  });
  afterEach(() => {
    db.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const book = (account: number, key: string): void => {
    position += 1;
    const body = JSON.stringify([...Array<null>(8).fill(null), key]);
    db.prepare(`INSERT INTO entries VALUES (?, ?, 0, x'00', ?)`).run(position, account, body);
    keys.add(String(account), key, position);
  };
  const positionsIn = (table: string) => query(db, `SELECT position FROM ${table} ORDER BY position`).all();

  it('are all kept, the first apart from the others', () => {
    for (const key of ['a', 'bb', 'c']) book(1, key);
    keys.flush();
    for (const key of ['d', 'ee', 'fff']) book(1, key);
    book(2, 'a');
    keys.flush();
    expect(positionsIn('command_keys')).toEqual([[1], [2], [6]]);
    expect(positionsIn('colliding_keys')).toEqual([[3], [4], [5], [7]]);
  });

  it.each([
    [['a', 'a'], []],
    [['a'], ['a']],
    [['a', 'b'], ['b']],
    [['a'], ['b', 'b']],
  ])('are refused when %j is followed by %j in the same account', (first, second) => {
    expect(() => {
      for (const key of first) book(1, key);
      keys.flush();
      for (const key of second) book(1, key);
      keys.flush();
    }).toThrow(KeyUsedTwice);
  });
});

it('the keys of a log with more events than are gathered at a time are all kept', () => {
  const db = openDatabase(':memory:');
  db.exec(KEY_DDL);
  const writer = new KeysWriter(db);
  const many = 2 ** 20 + 5;
  for (let position = 1; position <= many; position += 1) {
    const metadata = { idempotencyKey: `key-${position}` };
    writer.apply({ recorded: { position }, mainAccountId: 'acme', metadata } as unknown as LogEntry);
  }
  writer.flush();
  expect(value(db, 'SELECT count(DISTINCT position) FROM known_keys')).toBe(many);
  db.close();
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { keyHash } from '../../src/projections/accounts/command-keys.js';
import { openDatabase } from '../../src/sqlite/database.js';
import { readModelsIn } from '../support/projecting.js';
import { ReadSide } from '../support/read-side.js';

describe('the index of commands', () => {
  let side: ReadSide;
  beforeAll(async () => {
    side = await ReadSide.start();
    await side.ledger.open('acme', 'open "1"\\');
    await side.ledger.open('other', 'open');
    const { position } = await side.ledger.purchase('acme', '10', 'buy');
    await side.overview('acme', position);
  });
  afterAll(() => side.remove());

  it('answers for many keys what it answers for each, in their order', () => {
    const keys = [
      { mainAccountId: 'acme', idempotencyKey: 'buy' },
      { mainAccountId: 'other', idempotencyKey: 'buy' },
      { mainAccountId: 'other', idempotencyKey: 'open' },
      { mainAccountId: 'acme', idempotencyKey: 'open "1"\\' },
      { mainAccountId: 'nobody', idempotencyKey: 'open' },
      { mainAccountId: 'acme', idempotencyKey: 'buy' },
    ];
    const known = side.index.commands(keys);
    expect(known).toEqual(
      keys.map(({ mainAccountId, idempotencyKey }) => side.index.command(mainAccountId, idempotencyKey)),
    );
    expect(known.map((command) => command !== undefined)).toEqual([true, false, true, true, false, true]);
    expect(side.index.commands([])).toEqual([]);
  });

  it('finds a key behind another one with its hash', async () => {
    const { position } = await side.ledger.purchase('acme', '20', 'again');
    await side.overview('acme', position);
    const [key, unknown] = ['again', 'never'].map((idempotencyKey) => ({
      mainAccountId: 'acme',
      idempotencyKey,
    }));
    const known = side.index.command('acme', 'again');
    const db = openDatabase(readModelsIn(side.dataDir));
    const share = (hash: number): void => {
      db.prepare(
        'INSERT OR REPLACE INTO command_keys SELECT ?, position FROM history WHERE idempotency_key = ?',
      ).run(hash, 'buy');
    };
    share(keyHash('acme', 'never'));
    share(keyHash('acme', 'again'));
    db.prepare('INSERT INTO colliding_keys VALUES (?, ?)').run(keyHash('acme', 'again'), Number(position));
    db.close();

    expect(side.index.command('acme', 'never')).toBeUndefined();
    expect(side.index.commands([key!, unknown!])).toEqual([known, undefined]);
  });
});

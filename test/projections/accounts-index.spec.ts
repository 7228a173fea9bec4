import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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
});

import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { START } from '../../src/event-store/event-store.js';
import type { EventMetadata } from '../../src/ledger/domain/events.js';
import { keyHash } from '../../src/projections/accounts/key-hash.js';
import { openDatabase } from '../../src/sqlite/database.js';
import { Ledger } from '../support/ledger.js';
import { accountsOfOneHash } from '../support/one-hash.js';
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

  it('answers for many keys at once what it answers for each', () => {
    const keys = [
      { mainAccountId: 'acme', idempotencyKey: 'buy' },
      { mainAccountId: 'other', idempotencyKey: 'buy' },
      { mainAccountId: 'other', idempotencyKey: 'open' },
      { mainAccountId: 'acme', idempotencyKey: 'open "1"\\' },
      { mainAccountId: 'nobody', idempotencyKey: 'open' },
      { mainAccountId: 'acme', idempotencyKey: 'buy' },
    ];
    const ask = () =>
      keys.map(({ mainAccountId, idempotencyKey }) => side.index.command(mainAccountId, idempotencyKey));
    const known = side.index.atOnce(ask);
    expect(known).toEqual(ask());
    expect(known.map((command) => command !== undefined)).toEqual([true, false, true, true, false, true]);
  });

  it('knows which of many running numbers were booked, in whatever order it is asked', async () => {
    const numbers = Array.from({ length: 250 }, (_, n) => `run-${String(n).padStart(3, '0')}`);
    const booked = numbers.filter((_, n) => n % 7 === 3 || n === 249);
    let position = START;
    for (const key of booked) ({ position } = await side.ledger.purchase('acme', '1', key));
    await side.overview('acme', position);
    const knownOf = (keys: readonly string[]): string[] =>
      side.index.atOnce(() => keys.filter((key) => side.index.command('acme', key)));
    const shuffled = numbers.toSorted((a, b) => keyHash('any', a) - keyHash('any', b) || (a < b ? 1 : -1));
    for (const keys of [numbers, numbers.toReversed(), shuffled])
      expect(knownOf(keys).toSorted()).toEqual(booked);
    expect(numbers.filter((key) => side.index.command('acme', key))).toEqual(booked);
  });

  it('knows in the next moment what was booked since the last', async () => {
    const isKnown = (key: string): boolean => side.index.command('acme', key) !== undefined;
    expect(side.index.atOnce(() => ['next-00', 'next-01', 'next-02'].map(isKnown))).not.toContain(true);
    const { position } = await side.ledger.purchase('acme', '1', 'next-01');
    await side.overview('acme', position);
    expect(isKnown('next-01')).toBe(true);
    expect(side.index.atOnce(() => ['next-00', 'next-01', 'next-02'].map(isKnown))).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('answers as of one moment, an account too, and lets go of it when the work throws', async () => {
    const answers = side.index.atOnce(() => {
      const before = side.index.command('acme', 'meanwhile');
      const db = openDatabase(readModelsIn(side.dataDir));
      db.exec(`UPDATE main_accounts SET revision = 99 WHERE main_account_id = 'other'`);
      db.close();
      return [before, side.index.snapshot('other')?.head.revision];
    });
    expect(answers).toEqual([undefined, 0]);
    expect(() =>
      side.index.atOnce(() => {
        throw new RangeError();
      }),
    ).toThrow(RangeError);
    await nextTurn();
    expect(side.index.snapshot('other')?.head.revision).toBe(99);
  });

  it('tells when the last event of an account was recorded: none comes before it, though the clock goes back', async () => {
    const { position } = await side.ledger.open('late');
    await side.overview('late', position);
    const successor = new Ledger(side.store, side.index, () => new Date('2001-01-01T00:00:00.000Z'));
    await successor.purchase('late', '1');
    const times = (await successor.events('late')).map(
      ({ metadata }) => (JSON.parse(metadata) as EventMetadata).recordedAt,
    );
    expect(times).toEqual([times[0], times[0]]);
    expect(successor.notes.alarms).toEqual([]);
  });

  it('finds a key behind another one with its hash, and takes none of another account for it', async () => {
    const { position } = await side.ledger.purchase('acme', '20', 'again');
    await side.overview('acme', position);
    const known = side.index.command('acme', 'again');
    const db = openDatabase(readModelsIn(side.dataDir));
    const share = (hash: number): void => {
      db.prepare(
        'INSERT OR REPLACE INTO command_keys SELECT ?, position FROM history WHERE idempotency_key = ?',
      ).run(hash, 'buy');
    };
    share(keyHash('acme', 'never'));
    share(keyHash('other', 'buy'));
    share(keyHash('acme', 'again'));
    db.prepare('INSERT INTO colliding_keys VALUES (?, ?)').run(keyHash('acme', 'again'), Number(position));
    db.close();
    // Until then it answers as of the overview.
    await nextTurn();

    expect(side.index.command('acme', 'never')).toBeUndefined();
    expect(side.index.command('other', 'buy')).toBeUndefined();
    expect(side.index.command('acme', 'again')).toEqual(known);
  });

  it('knows the commands of two accounts that share a hash, and books neither again', async () => {
    const [first, second] = accountsOfOneHash('2026-11');
    const receipts = [];
    for (const account of [first, second]) receipts.push(await side.ledger.open(account, '2026-11'));
    const { position } = receipts[1]!;
    await side.overview(second, position);
    await nextTurn();
    for (const [at, account] of [first, second].entries()) {
      expect(side.index.command(account, '2026-11')?.position).toBe(receipts[at]!.position);
      expect(await side.ledger.open(account, '2026-11')).toEqual({ ...receipts[at], replayed: true });
    }
    const other = `${second}-too`;
    expect(side.index.command(other, '2026-11')).toBeUndefined();
  });
});

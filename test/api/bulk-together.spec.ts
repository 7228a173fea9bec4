import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MAX_LINES_TOGETHER } from '../../src/api/bulk/limits.js';
import type { ApiApp } from '../support/api-app.js';
import { add, addSip, BulkSender, open, purchase } from '../support/bulk.js';

let api: ApiApp;
let bulk: BulkSender;

beforeAll(async () => {
  bulk = await BulkSender.start();
  ({ api } = bulk);
});
afterAll(() => api.close());

describe('the lines of a main account, all or none', () => {
  const atomic = '?atomic=main-account';

  it('are all booked with one append an account', async () => {
    api.store.appends.length = 0;
    const lines = ['a', 'b'].flatMap((name) => [
      open(`whole-${name}`),
      purchase(`whole-${name}`, '5'),
      addSip(`whole-${name}`, 'desk-1'),
    ]);
    expect(await bulk.book(lines, atomic)).toEqual(Array.from({ length: 6 }, () => 'booked'));
    expect(api.store.appends).toEqual([3, 3]);
  });

  it('are none of them booked when one is refused; other accounts are', async () => {
    await api.funded('part-1', '5', 'desk-1');
    await api.funded('part-2', '5', 'desk-1');
    const lines = [
      add('part-1', '3'),
      add('part-2', '3'),
      add('part-1', '3'),
      add('part-2', '2'),
      add('part-1', '1'),
    ];
    expect(await bulk.book(lines, atomic)).toEqual([
      'batch-not-booked',
      'booked',
      'insufficient-credit',
      'booked',
      'batch-not-booked',
    ]);
    expect([await bulk.eventsOf('part-1'), await bulk.eventsOf('part-2')]).toEqual([3, 5]);
    const repaired = [lines[0]!, lines[1]!, lines[3]!, lines[4]!];
    expect(await bulk.book(repaired, atomic)).toEqual(['booked', 'replayed', 'replayed', 'booked']);
  });

  it('are none of them booked when one is broken; other accounts are', async () => {
    await api.funded('torn-1', '5', 'desk-1');
    await api.funded('torn-2', '5', 'desk-1');
    expect(await bulk.book([add('torn-1', '1'), add('torn-2', '1'), add('torn-1', '-1')], atomic)).toEqual([
      'batch-not-booked',
      'booked',
      'amount-not-positive',
    ]);
    expect(await bulk.eventsOf('torn-1')).toBe(3);
  });

  it.each(['{"command"', JSON.stringify({ ...open('never'), mainAccountId: 7 })])(
    'are none of them booked, of no account, when it cannot be read whose a line is: %s',
    async (line) => {
      expect(await bulk.book([purchase('acme', '1'), line, open('never')], atomic)).toEqual([
        'batch-not-booked',
        'invalid-request',
        'batch-not-booked',
      ]);
      expect(await bulk.eventsOf('never')).toBe(0);
    },
  );

  it.each([
    ['broken', add('again-1', '-1'), 'amount-not-positive'],
    ['of nobody knows which account', '', 'invalid-request'],
  ])(
    'are answered as replays where they were booked earlier, also beside a line that is %s',
    async (...of) => {
      const [name, line, code] = of;
      const account = `again-${name.length}`;
      await api.funded(account, '5', 'desk-1');
      const booked = [purchase(account, '1'), add(account, '2')];
      expect(await bulk.book(booked, atomic)).toEqual(['booked', 'booked']);
      const other = typeof line === 'string' ? line : { ...line, mainAccountId: account };
      expect(await bulk.book([...booked, other, add(account, '900'), add(account, '1')], atomic)).toEqual([
        'replayed',
        'replayed',
        code,
        'insufficient-credit',
        'batch-not-booked',
      ]);
      expect(await bulk.eventsOf(account)).toBe(5);
    },
  );

  it('are refused whole beside a line of nobody knows which account, though they are 400', async () => {
    const lines = Array.from({ length: 400 }, () => purchase('acme', '1'));
    const before = await bulk.eventsOf('acme');
    expect(new Set(await bulk.book([...lines, ''], atomic))).toEqual(
      new Set(['batch-not-booked', 'invalid-request']),
    );
    expect(await bulk.eventsOf('acme')).toBe(before);
  });

  it('are at most 400', async () => {
    const lines = Array.from({ length: 401 }, () => purchase('acme', '1'));
    expect(new Set(await bulk.book(lines, atomic))).toEqual(new Set(['batch-too-large']));
    expect(new Set(await bulk.book(lines.slice(1), atomic))).toEqual(new Set(['booked']));
  });

  it('are not booked when there are too many lines in all', async () => {
    const before = await bulk.eventsOf('acme');
    const lines = Array.from({ length: MAX_LINES_TOGETHER + 1 }, () => purchase('acme', '1'));
    expect((await bulk.send(lines, atomic)).problem).toBe('413 payload-too-large');
    expect(await bulk.eventsOf('acme')).toBe(before);
  });

  it('are asked for with a word that is known', async () => {
    expect((await bulk.send([purchase('acme', '1')], '?atomic=all')).problem).toBe('400 invalid-request');
    expect((await bulk.send([purchase('acme', '1')], '?atom=1')).problem).toBe('400 invalid-request');
  });
});

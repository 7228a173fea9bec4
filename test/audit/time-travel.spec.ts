import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { QueryBus } from '@nestjs/cqrs';
import { statementCsv } from '../../src/api/statement-csv.js';
import { GetStatementQuery } from '../../src/projections/history/get-statement.js';
import { ApiApp } from '../support/api-app.js';
import { Ledger } from '../support/ledger.js';
import { added, allocated, LogBuilder, opened, purchased, reclaimed } from './support/good-log.js';
import { storeLog } from './support/stored-log.js';

/** The first event's time; each later one is a millisecond on. */
const T = Date.parse('2026-03-01T12:00:00.000Z');
const at = (milliseconds: number): string => new Date(T + milliseconds).toISOString();

const HISTORY = [
  opened, // 0
  purchased('100.0000'),
  added('sip-1'),
  allocated('sip-1', '10.0000'),
  added('sip-2'), // 4
  allocated('sip-2', '0.0001'),
  reclaimed('sip-1', '10.0000'),
  allocated('sip-1', '2.5000'), // 7
];

let api: ApiApp;

beforeAll(async () => {
  api = await ApiApp.start();
  const log = new LogBuilder();
  for (const event of HISTORY) log.add('alice', event);
  await storeLog(api.store, log.events);
});
afterAll(() => api.close());

const get = (path: string) =>
  api.send(`/v1/main-accounts/alice${path}`, { headers: { 'Ledger-At-Least': String(HISTORY.length) } });

/** Main account and SIP accounts as they were. */
const balances = async (point: string) => {
  const { available, sipAccounts, revision } = (await get(`?${point}`)).json as {
    available: string;
    sipAccounts: { sipAccountId: string; available: string }[];
    revision: number;
  };
  return [revision, available, ...sipAccounts.map((sip) => `${sip.sipAccountId} ${sip.available}`)];
};

describe('the past of an account', () => {
  it('is as it was right after each revision', async () => {
    expect(await balances('atRevision=0')).toEqual([0, '0.0000']);
    expect(await balances('atRevision=1')).toEqual([1, '100.0000']);
    expect(await balances('atRevision=3')).toEqual([3, '90.0000', 'sip-1 10.0000']);
    expect(await balances('atRevision=4')).toEqual([4, '90.0000', 'sip-1 10.0000', 'sip-2 0.0000']);
    expect(await balances('atRevision=6')).toEqual([6, '99.9999', 'sip-1 0.0000', 'sip-2 0.0001']);
    expect(await balances('atRevision=7')).toEqual([7, '97.4999', 'sip-1 2.5000', 'sip-2 0.0001']);
  });

  it('counts an event at the very millisecond, and none after it', async () => {
    expect(await balances(`asOf=${at(3)}`)).toEqual(await balances('atRevision=3'));
    expect(await balances(`asOf=${at(2)}`)).toEqual(await balances('atRevision=2'));
    expect(await balances(`asOf=${encodeURIComponent('2026-03-01T14:00:00.003+02:00')}`)).toEqual(
      await balances('atRevision=3'),
    );
    expect(await balances(`asOf=${at(86_400_000)}`)).toEqual(await balances('atRevision=7'));
  });

  it('comes in pages of SIP accounts', async () => {
    const first = (await get('?atRevision=7&limit=1')).json;
    expect(first['sipAccounts']).toEqual([{ sipAccountId: 'sip-1', available: '2.5000' }]);
    const second = (await get(`?atRevision=7&limit=1&after=${String(first['next'])}`)).json;
    expect(second['sipAccounts']).toEqual([{ sipAccountId: 'sip-2', available: '0.0001' }]);
    expect(second['next']).toBeNull();
  });

  it('is there for a SIP account too', async () => {
    const sip = async (id: string, point: string) => (await get(`/sip-accounts/${id}?${point}`)).json;
    expect(await sip('sip-1', 'atRevision=5')).toMatchObject({ available: '10.0000', movedAt: at(3) });
    expect(await sip('sip-2', 'atRevision=4')).toMatchObject({ available: '0.0000', movedAt: null });
    expect(await sip('sip-2', 'atRevision=3')).toMatchObject({
      code: 'sip-account-not-found',
      detail: 'The main account had no SIP account sip-2 at revision 3',
    });
  });

  it('says which moment and revision it shows', async () => {
    const shown = async (path: string) => {
      const { asOf, revision } = (await get(path)).json;
      return { asOf, revision };
    };
    for (const account of ['', '/sip-accounts/sip-1']) {
      expect(await shown(`${account}?asOf=${at(3)}`)).toEqual({ asOf: at(3), revision: 3 });
      expect(await shown(`${account}?asOf=${at(86_400_000)}`)).toEqual({ asOf: at(86_400_000), revision: 7 });
      expect(await shown(`${account}?atRevision=5`)).toEqual({ asOf: at(5), revision: 5 });
      expect(await shown(account)).toEqual({ asOf: expect.not.stringMatching(/^2026-03/), revision: 7 });
    }
  });

  it('was not before the account, is not known for the future, and is refused as nonsense', async () => {
    const before = await get(`?asOf=${at(-1)}`);
    expect(before.problem).toBe('404 main-account-not-found');
    expect(before.json['detail']).toBe(`Main account alice was not open at ${at(-1)}`);
    expect((await get(`?asOf=2999-01-01T00:00:00Z`)).problem).toBe('400 invalid-request');
    expect((await get('?atRevision=8')).problem).toBe('400 invalid-request');
    expect((await get('?asOf=yesterday')).fields).toEqual(['asOf']);
    const plus = await get('?asOf=2026-03-01T14:00:00+02:00');
    expect([plus.fields, plus.json['detail']]).toEqual([['asOf'], expect.stringContaining('%2B')]);
    expect((await get('?asOf=2026-13-01T00:00:00Z')).fields).toEqual(['asOf']);
    expect((await get('?asOf=2026-03-01T24:00:00Z')).fields).toEqual(['asOf']);
    expect((await get('?atRevision=-1')).fields).toEqual(['atRevision']);
    expect((await get(`?atRevision=1&asOf=${at(1)}`)).problem).toBe('400 invalid-request');
  });
});

describe('the history of an account', () => {
  const revisions = async (query: string) => {
    const { entries } = (await get(`/history?${query}`)).json as { entries: { revision: number }[] };
    return entries.map(({ revision }) => revision);
  };

  it('is cut by time, SIP account, kind and sender, in both directions', async () => {
    expect(await revisions(`from=${at(2)}&until=${at(5)}`)).toEqual([2, 3, 4]);
    const finer = (milliseconds: number) => at(milliseconds).replace('Z', '001Z');
    expect(await revisions(`from=${finer(2)}&until=${finer(5)}`)).toEqual([3, 4, 5]);
    expect(await revisions('from=9999-12-31T23:59:59.9999Z')).toEqual([]);
    expect(await revisions('sipAccountId=sip-2')).toEqual([4, 5]);
    expect(await revisions('type=CreditAllocated&order=newest-first')).toEqual([7, 5, 3]);
    expect(await revisions('actor=key:test&limit=2')).toEqual([0, 1]);
    expect(await revisions('actor=nobody')).toEqual([]);
  });

  it('says what a cursor or a sender may be that is none', async () => {
    const { detail } = (await get('/history?after=&actor=')).json;
    expect(detail).toBe('actor must be 1 to 256 characters; after must be 1 to 256 characters');
  });

  it('of a period that ends before it begins is refused, as a statement of it is', async () => {
    for (const path of ['history', 'statements']) {
      const reversed = await get(`/${path}?from=${at(5)}&until=${at(2)}`);
      expect([reversed.problem, reversed.fields]).toEqual(['400 invalid-request', ['from']]);
      expect(reversed.json['detail']).toBe(`The period begins at ${at(5)}, after its end at ${at(2)}`);
    }
    expect(await revisions(`from=${at(2)}&until=${at(2)}`)).toEqual([]);
  });

  it('is led out of the time that was asked for by no cursor', async () => {
    const time = `from=${at(2)}&until=${at(5)}`;
    expect(await revisions(`${time}&after=0`)).toEqual([2, 3, 4]);
    expect(await revisions(`${time}&order=newest-first&after=7`)).toEqual([4, 3, 2]);
  });

  it('comes in pages that join without gap or overlap, either way', async () => {
    for (const order of ['oldest-first', 'newest-first']) {
      const seen: number[] = [];
      for (let after: string | null = ''; after !== null;) {
        const { json } = await get(`/history?order=${order}&limit=3${after && `&after=${after}`}`);
        const { entries, next } = json as { entries: { revision: number }[]; next: string | null };
        seen.push(...entries.map(({ revision }) => revision));
        after = next;
      }
      const expected = HISTORY.map((_, revision) => revision);
      expect(seen).toEqual(order === 'oldest-first' ? expected : expected.toReversed());
    }
  });
});

describe('the pages of a history', () => {
  it.each(['oldest-first', 'newest-first'])('stay right while events arrive, %s', async (order) => {
    const account = `/v1/main-accounts/${order}`;
    await api.funded(order, '10.0000', 'sip-1');
    const seen: number[] = [];
    for (let after: string | null = ''; after !== null && seen.length < 20;) {
      const { headers } = await api.post(`${account}/sip-accounts/sip-1/add-credit`, { amount: '0.0001' });
      const atLeast = { 'Ledger-At-Least': headers.get('Ledger-Position') ?? '' };
      const query = `order=${order}&limit=2${after && `&after=${after}`}`;
      const { json } = await api.send(`${account}/history?${query}`, { headers: atLeast });
      const { entries, next } = json as { entries: { revision: number }[]; next: string | null };
      seen.push(...entries.map(({ revision }) => revision));
      after = next;
    }
    const expected = seen.map((_, index) => (order === 'oldest-first' ? index : seen.length - 1 - index));
    expect(seen).toEqual(expected);
    expect(seen.length).toBeGreaterThan(3);
  });
});

describe('a statement', () => {
  const statement = async (from: string, until: string) =>
    (await get(`/statements?from=${from}&until=${until}`)).json as Record<
      'opening' | 'closing',
      { mainAccount: { available: string }; sipAccounts: { available: string } }
    > & { revision: number; hash: string; entries: { revision: number }[] };

  it('opens with what the one before it closed with', async () => {
    const first = await statement(at(-1000), at(4));
    const second = await statement(at(4), at(1000));
    expect(first.opening).toEqual({
      mainAccount: { available: '0.0000' },
      sipAccounts: { available: '0.0000' },
    });
    expect(first.closing).toEqual({
      mainAccount: { available: '90.0000' },
      sipAccounts: { available: '10.0000' },
    });
    expect(second.opening).toEqual(first.closing);
    expect([...first.entries, ...second.entries].map(({ revision }) => revision)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7,
    ]);
    expect([first.revision, second.revision]).toEqual([3, 7]);
  });

  it('may be of a time without any, or come in pages, of which none is led out of its time', async () => {
    const none = await statement(at(4), at(4));
    expect([none.entries, none.opening]).toEqual([[], none.closing]);
    const pageAfter = async (after: number) =>
      (await statement(at(4), `${at(1000)}&limit=2&after=${after}`)).entries.map(({ revision }) => revision);
    expect([await pageAfter(0), await pageAfter(5)]).toEqual([
      [4, 5],
      [6, 7],
    ]);
  });

  it('is followed by what has been added since', async () => {
    const { hash } = await statement(at(-1000), at(4));
    const { json } = await get(`/statements/diff?since=${hash}`);
    expect(json).toMatchObject({ since: { revision: 3, hash }, revision: 7, next: null });
    expect((json['entries'] as { revision: number }[]).map(({ revision }) => revision)).toEqual([4, 5, 6, 7]);
    const page = (await get(`/statements/diff?since=${hash}&limit=2&after=5`)).json;
    expect(page['entries']).toEqual((json['entries'] as object[]).slice(2));
    expect((await get(`/statements/diff?since=${hash}&after=0`)).json['entries']).toEqual(json['entries']);
    const found = (await get(`/statements/diff?since=3:${hash}`)).json;
    expect(found).toEqual({ ...json, asOf: found['asOf'] });
    for (const since of ['0'.repeat(64), `2:${hash}`, `99:${hash}`])
      expect((await get(`/statements/diff?since=${since}`)).problem).toBe('404 not-found');
    expect((await get('/statements/diff?since=abc')).fields).toEqual(['since']);
  });

  it('comes as CSV with its balances', async () => {
    const { text, headers } = await get(`/statements?until=${at(4)}&format=csv`);
    expect(headers.get('Content-Type')).toBe('text/csv; charset=utf-8');
    const lines = text.trimEnd().split('\r\n');
    expect(lines).toHaveLength(7);
    expect(lines[1]).toBe('1970-01-01T00:00:00.000Z,,opening,,,EUR,0.0000,0.0000,,,,,');
    expect(lines[5]).toContain(
      `${at(3)},3,CreditAllocated,sip-1,10.0000,EUR,90.0000,10.0000,10.0000,,key:test,`,
    );
    expect(lines[6]).toBe(`${at(4)},,closing,,,EUR,90.0000,10.0000,,,,,`);
  });

  it('is not made of the future, nor before the account', async () => {
    expect((await get('/statements?until=2999-01-01T00:00:00Z')).fields).toEqual(['until']);
    expect((await get(`/statements?until=${at(-5)}`)).problem).toBe('404 main-account-not-found');
    expect((await get(`/statements?from=${at(5)}&until=${at(4)}`)).fields).toEqual(['from']);
    expect((await get('/statements?from=2999-01-01T00:00:00Z')).fields).toEqual(['from']);
  });
});

describe('a statement until now', () => {
  it('is of all the time until it is asked for, also when nothing has been booked for long', async () => {
    const asked = new Date().toISOString();
    const { json } = await get('/statements');
    expect(json['revision']).toBe(7);
    expect(String(json['until']) >= asked).toBe(true);
  });

  it('holds all that is there, also what a clock that was ahead has recorded', async () => {
    const ahead = new Date(Date.now() + 3_600_000);
    const ledger = new Ledger(api.store, undefined, () => ahead);
    await ledger.open('ahead');
    const { position } = await ledger.purchase('ahead', '5.0000');
    const { json } = await api.send('/v1/main-accounts/ahead/statements', {
      headers: { 'Ledger-At-Least': String(position) },
    });
    expect(json).toMatchObject({
      revision: 1,
      closing: { mainAccount: { available: '5.0000' } },
      until: new Date(ahead.getTime() + 1).toISOString(),
    });
  });

  it('closes as CSV with what its last entry says, whatever is booked while it is read', async () => {
    await api.funded('busy', '100', 'sip-1');
    const buy = () => api.post('/v1/main-accounts/busy/purchases', { amount: '1', reference: 'late' });
    const { headers } = await buy();
    const queries = api.app.get(QueryBus, { strict: false });
    const asked = { mainAccountId: 'busy', from: at(0), limit: 2 };
    const read = async (after?: string) => {
      const atLeast = BigInt((after ? await buy() : { headers }).headers.get('Ledger-Position') ?? '');
      return queries.execute(new GetStatementQuery({ ...asked, after, atLeast }));
    };
    let csv = '';
    for await (const text of statementCsv(await read(), read)) csv += text;
    const [entry, closing] = csv.trim().split('\r\n').slice(-2);
    expect(entry).toMatch(/,3,CreditPurchased,,1.0000,EUR,101.0000,/);
    expect(closing).toMatch(/,closing,,,EUR,101.0000,/);
  });
});

describe('a time', () => {
  it.each([
    ['beyond the year 9999', '9999-12-31T23:59:59-05:00'],
    ['before the year 0', '0000-01-01T00:00:00%2B01:00'],
    ['of a day that does not exist', '2026-02-30T00:00:00Z'],
  ])('%s is refused', async (_, time) => {
    expect((await get(`?asOf=${time}`)).fields).toEqual(['asOf']);
    for (const name of ['from', 'until'])
      for (const list of ['history', 'statements'])
        expect((await get(`/${list}?${name}=${time}`)).problem).toBe('400 invalid-request');
  });
});

import { describe, expect, it } from '@jest/globals';
import { amountOf, isMore, sum, unitsOf } from '../../src/dashboard/amounts.js';
import { formKey, isFormKey, localPath } from '../../src/dashboard/form.js';
import { historyFilterOf } from '../../src/dashboard/history-filter.js';
import { stepPath } from '../../src/dashboard/parts/step-path.js';

describe('the arithmetic of a page', () => {
  it('is exact', () => {
    expect(sum('61.3600', '12.2109')).toBe('73.5709');
    expect(sum('999999999999.9998', '0.0001')).toBe('999999999999.9999');
    expect(amountOf(unitsOf('0.0001'))).toBe('0.0001');
    expect(isMore('10.0000', '9.9999')).toBe(true);
    expect(isMore('9.9999', '9.9999')).toBe(false);
  });
});

describe('the line of a balance', () => {
  it('is level between movements and goes on to the end', () => {
    const points = [
      { at: 0, balance: '0.0000' },
      { at: 50, balance: '10.0000' },
    ];
    expect(stepPath(points, 100, 100, 20)).toBe('M0 20H50V0H100');
  });

  it('lies on the ground when there never was anything, all at one time', () => {
    expect(stepPath([{ at: 5, balance: '0.0000' }], 5, 100, 20)).toBe('M0 20H100');
  });
});

describe('the key of a form', () => {
  it('is the same on the same state, and another one on any other', () => {
    const key = formKey('session', 'acme', 7, 'add-credit', 'desk');
    expect(isFormKey(key)).toBe(true);
    expect(formKey('session', 'acme', 7, 'add-credit', 'desk')).toBe(key);
    for (const other of [
      formKey('other', 'acme', 7, 'add-credit', 'desk'),
      formKey('session', 'acme', 8, 'add-credit', 'desk'),
      formKey('session', 'acme', 7, 'remove', 'desk'),
      formKey('session', 'acme', 7, 'add-credit', 'door'),
    ])
      expect(other).not.toBe(key);
  });
});

describe('where a form leads', () => {
  it.each(['/accounts/acme?sort=amount', '/'])('is %s, a path of this site', (path) =>
    expect(localPath(path)).toBe(path),
  );

  it.each([
    '//evil.example',
    'https://evil.example/',
    '/\\evil.example',
    'javascript:alert(1)',
    '',
    '/..//x',
  ])('is never %s', (path) => expect(localPath(path)).toBe('/'));
});

describe('the filter of a history', () => {
  it('includes both days', () => {
    expect(historyFilterOf({ since: '2026-11-01', until: '2026-11-30' })).toMatchObject({
      from: '2026-11-01T00:00:00.000Z',
      until: '2026-12-01T00:00:00.000Z',
      flaw: undefined,
    });
  });

  it.each(['since', 'until'])('says that a day is none, and leaves it out: %s', (day) => {
    expect(historyFilterOf({ [day]: '2026-02-30' })).toMatchObject({
      from: undefined,
      until: undefined,
      filter: { since: '', until: '' },
      flaw: 'invalidDate',
    });
  });

  it('says that a period ends before it begins; one day is a period', () => {
    const flawOf = (since: string, until: string) => historyFilterOf({ since, until }).flaw;
    expect(flawOf('2026-11-02', '2026-11-01')).toBe('reversedPeriod');
    expect(flawOf('2026-11-02', '2026-11-02')).toBeUndefined();
  });

  it('is narrowed down by nothing that it does not know', () => {
    expect(historyFilterOf({ kind: 'Nonsense', account: ['a', 'b'] })).toMatchObject({
      type: undefined,
      filter: { account: '', kind: '' },
      flaw: undefined,
    });
  });
});

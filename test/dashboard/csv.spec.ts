import { describe, expect, it } from '@jest/globals';
import { csvRecord } from '../../src/projections/history/csv.js';

describe('a CSV record', () => {
  it('ends with CRLF and quotes what needs quotes', () => {
    expect(csvRecord(['plain', 'a,b', 'say "hi"', 'two\r\nlines', ''])).toBe(
      'plain,"a,b","say ""hi""","two\r\nlines",\r\n',
    );
  });

  it.each(['=HYPERLINK("http://evil")', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '＝1'])(
    'makes %j a text that no spreadsheet runs',
    (field) => {
      expect(csvRecord([field])).toMatch(/^"?'/);
    },
  );

  it.each([
    ["invoice 8;=cmd|' /C calc'!A0;x", "invoice 8;'=cmd|' /C calc'!A0;x"],
    ['a; -1;\t@x', "a; '-1;\t'@x"],
    ['a;"=1"', `"a;""'=1"""`],
    ['a; b; 1-2', 'a; b; 1-2'],
  ])('makes %j safe where a spreadsheet splits it at semicolons or tabs', (field, safe) => {
    expect(csvRecord([field])).toBe(`${safe}\r\n`);
  });

  it('leaves amounts and moments as they are', () => {
    expect(csvRecord(['12.2109', '2026-11-22T17:51:57.000Z'])).toBe('12.2109,2026-11-22T17:51:57.000Z\r\n');
  });
});

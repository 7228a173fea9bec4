import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { parseJsonBody } from '../../src/api/json-body.js';

const read = (text: string): unknown => parseJsonBody(Buffer.from(text));

describe('a JSON body', () => {
  it('reads whatever JSON there is, as it is', () => {
    fc.assert(fc.property(fc.json(), (text) => expect(read(text)).toEqual(JSON.parse(text))));
  });

  it('is refused when an object in it names a member twice, however deep', () => {
    const members = fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(members, fc.nat(4), fc.json(), (names, again, value) => {
        const twice = [...names, names[again % names.length]];
        const object = `{${twice.map((name) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
        expect(() => read(`[{"inside":${object}}]`)).toThrow('more than once');
      }),
    );
  });

  it('takes colons, quotes and braces in strings for what they are', () =>
    expect(read('{"a:\\"{b":"c:\\\\"}')).toEqual({ 'a:"{b': 'c:\\' }));

  it('is undefined when it is empty', () => expect(read('')).toBeUndefined());
});

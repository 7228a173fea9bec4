import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { parseJsonBody } from '../../src/api/json-body.js';

const read = (text: string): unknown => parseJsonBody(Buffer.from(text));

describe('a JSON body', () => {
  it('reads whatever JSON there is, as it is', () => {
    fc.assert(fc.property(fc.json(), (text) => expect(read(text)).toEqual(JSON.parse(text))));
  });

  const refusal = (field: string) =>
    expect.objectContaining({ errors: [{ field, message: `The body names ${field} more than once` }] });

  it('is refused by name when an object in it names a member twice, however deep', () => {
    const members = fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(members, fc.nat(4), fc.json(), (names, again, value) => {
        const field = names[again % names.length]!;
        const twice = [...names, field];
        const object = `{${twice.map((name) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
        expect(() => read(`[{"inside":${object}}]`)).toThrow(refusal(field));
      }),
    );
  });

  it.each([
    ['{"a":{"b":1},"c":{"b":{"a":2}},"b":[{"a":1},{"a":2}],"c":3}', 'c'],
    ['{"a":{"b":"\\"b\\":"},"c":"a","b" : "}{", "\\u0063"\n\t:"b"}', 'c'],
    ['{"a":[{},{"b":1}],"__proto__":0,"__proto__":{"a":1}}', '__proto__'],
  ])('tells a name that stands twice in one object from those in others, and from text: %s', (text, field) =>
    expect(() => read(text)).toThrow(refusal(field)),
  );

  it('takes colons, quotes and braces in strings for what they are', () =>
    expect(read('{"a:\\"{b":"c:\\\\"}')).toEqual({ 'a:"{b': 'c:\\' }));

  it('is undefined when it is empty', () => expect(read('')).toBeUndefined());
});

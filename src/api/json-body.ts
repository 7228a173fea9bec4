import { isUtf8 } from 'node:buffer';
import { InvalidRequest } from './invalid-request.js';

/** A body may have so many bytes. */
export const BODY_LIMIT = 16_384;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/**
 * Reads a JSON body. Stricter than `JSON.parse` where a lenient reader could book something else than was meant:
 * a name that occurs twice in an object is refused, and so are bytes that are not UTF-8.
 * @param what what the bytes are, for the messages
 * @returns undefined for an empty body
 * @throws InvalidRequest
 */
export function parseJsonBody(bytes: Buffer, what = 'The body'): unknown {
  if (bytes.length === 0) return undefined;
  if (!isUtf8(bytes)) throw new InvalidRequest(`${what} is not UTF-8`);
  const text = bytes.toString();
  const value = parse(text, what);
  // In valid JSON each member of an object has one colon outside of strings; members that were overwritten are gone.
  if (countColons(text) !== countMembers(value)) {
    const name = repeatedName(text)!;
    throw InvalidRequest.field(name, `${what} names ${name} more than once`);
  }
  return value;
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidRequest(`${what} is not valid JSON`);
  }
}

function countColons(text: string): number {
  let colons = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === QUOTE) inString = !inString;
    else if (char === BACKSLASH) i++;
    else if (char === COLON && !inString) colons++;
  }
  return colons;
}

/** Members of all objects in a value. Without recursion: a body may nest as deep as it is long. */
function countMembers(value: unknown): number {
  let members = 0;
  const rest = [value];
  while (rest.length > 0) {
    const next = rest.pop();
    if (typeof next !== 'object' || next === null) continue;
    const values: unknown[] = Object.values(next);
    if (!Array.isArray(next)) members += values.length;
    rest.push(...values);
  }
  return members;
}

/** The ends of objects, and strings with the colon after those that are names. */
const TOKENS = /[{}]|("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?/g;

/** The first name in valid JSON that its object has had before. Slower than counting: for those that are refused. */
function repeatedName(text: string): string | undefined {
  const open: Set<string>[] = [];
  for (const [token, string = '', colon] of text.matchAll(TOKENS)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (colon) {
      const name = JSON.parse(string) as string;
      const names = open.at(-1);
      if (names?.has(name)) return name;
      names?.add(name);
    }
  }
  return undefined;
}

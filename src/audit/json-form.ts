export type Members = Readonly<Record<string, unknown>>;

/** ASCII that JSON writes as it is, as an expression. */
export const PLAIN = '[ !#-\\[\\]-~]*';

/**
 * Objects and lists within one another in a line of a bundle, at most. The ledger writes 4. It is what the strictest
 * reader of JSON in common use takes, and a stack of any size.
 */
export const MAX_DEPTH = 64;

/** Half of a surrogate pair by itself, which no UTF-8 can hold, and of which RFC 8785 makes no canonical form. */
const HALF = /\p{Surrogate}/u;

/**
 * What of a value others could not read, or read as something else.
 * @param depth objects and lists within one another that it may have
 * @returns it in words; undefined where there is nothing of it
 */
export function unreadable(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return HALF.test(value) ? 'holds half of a surrogate pair' : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth === 0) return 'is nested too deeply';
  for (const [name, member] of Object.entries(value)) {
    const flaw = unreadable(name, depth) ?? unreadable(member, depth - 1);
    if (flaw) return flaw;
  }
  return undefined;
}

export const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads an object in the form in which it is stored, as a member of a line: no white space and no member twice, which
 * readers take differently.
 * @returns what is wrong with it, in words, if it is none
 */
export function jsonObject(text: string): Members | string {
  const value = parsed(text);
  if (value === undefined) return 'is no JSON';
  if (!isObject(value)) return 'is no JSON object';
  const flaw = unreadable(value, MAX_DEPTH - 1);
  if (flaw) return flaw;
  return JSON.stringify(value) === text ? value : 'is JSON, but not as the ledger writes it';
}

/** Undefined for a text that is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** RFC 8785: members sorted by name, no white space. Strings and numbers are written as JSON.stringify does. */
export function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const members = value as Members;
  const names = Object.keys(members).toSorted();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(members[name])}`).join(',')}}`;
}

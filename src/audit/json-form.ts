export type Members = Readonly<Record<string, unknown>>;

/**
 * Reads an object in the form in which it is stored: no white space and no member twice, which readers take
 * differently.
 * @returns what is wrong with it, in words, if it is none
 * @throws RangeError when it is nested too deeply
 */
export function jsonObject(text: string): Members | string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'is no JSON object';
    return JSON.stringify(value) === text ? (value as Members) : 'is JSON, but not as the ledger writes it';
  } catch (error) {
    if (error instanceof RangeError) throw error;
    return 'is no JSON';
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

import canonicalize from 'canonicalize';
import { quoted } from './domain/json-text.js';

/** The cast: the package is CommonJS and exports the function itself. */
const sorted = canonicalize as unknown as (value: object) => string;

/**
 * RFC 8785 canonical JSON of an object of texts, whose names are the code's own and need no escape. Where its members
 * are in order already, as a command's that comes often had better be, nothing is sorted, and the library is not asked.
 * @param type one member more, `type`; to make an object with it takes longer than to write it
 */
export function canonicalJson<T extends Readonly<Partial<Record<keyof T, string>>>>(
  texts: T,
  type?: string,
): string {
  let [json, before] = ['', ''];
  for (const name in texts) {
    const text = texts[name];
    if (text === undefined) continue;
    if (name <= before) return sorted({ ...texts, type });
    json += `,"${name}":${quoted(text)}`;
    before = name;
  }
  if (type !== undefined) {
    if (before >= 'type') return sorted({ ...texts, type });
    json += `,"type":${quoted(type)}`;
  }
  return `{${json.slice(1)}}`;
}

import { hash } from 'node:crypto';
import type { RecordedEvent } from '../event-store/event-store.js';

/** SHA-256 of a text, 64 hexadecimal digits. */
export const sha256 = (text: string): string => hash('sha256', text);

/**
 * The hash that an event bears, whatever else it says, so that one bad event does not break the chain and the tree
 * for all later ones.
 */
export const statedHash = ({ metadata }: RecordedEvent): string =>
  (LAST_MEMBER.exec(metadata.slice(-75)) ?? MEMBER.exec(metadata))?.[1] ?? sha256(metadata);

/** Where the ledger writes it. */
const LAST_MEMBER = /^,"hash":"([0-9a-f]{64})"\}$/;
const MEMBER = /"hash":"([0-9a-f]{64})"/;

/** What an event says, as it is stored and parsed. */
export interface ParsedEvent {
  readonly data: Readonly<Record<string, unknown>>;
  /** With the hash, which is left out of the sum. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The hash that an event must have. The auditor's own making: nothing is shared with the writer. */
export function eventHash(
  { stream, revision, id, type, ...stored }: RecordedEvent,
  parsed: ParsedEvent,
): string {
  const data = isCanonical(parsed.data) ? stored.data : canonical(parsed.data);
  return sha256(
    `{"data":${data},"id":${JSON.stringify(id)},"metadata":${unhashed(stored.metadata, parsed.metadata)},` +
      `"revision":${revision},"stream":${JSON.stringify(stream)},"type":${JSON.stringify(type)}}`,
  );
}

/** The canonical text of the metadata without the hash. */
function unhashed(stored: string, metadata: ParsedEvent['metadata']): string {
  const tail = `,"hash":"${String(metadata['hash'])}"}`;
  // The ledger writes the canonical form with the hash behind it: then there is no need to make it again.
  if (stored.endsWith(tail) && isCanonical(metadata)) return `${stored.slice(0, -tail.length)}}`;
  const { hash: _, ...rest } = metadata;
  return canonical(rest);
}

/**
 * Whether the text that the object was read from is in canonical form but for its hash: members in order, none
 * that has members itself.
 */
function isCanonical(members: Readonly<Record<string, unknown>>): boolean {
  let before = '';
  for (const name in members) {
    if (name === 'hash') continue;
    if (name < before || typeof members[name] === 'object') return false;
    before = name;
  }
  return true;
}

/** RFC 8785: members sorted by name, no white space. Strings and numbers are written as JSON.stringify does. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const members = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(members).toSorted();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(members[name])}`).join(',')}}`;
}

/** The namespace, and room for a main account's id and a key behind it. */
const nameSpace = Buffer.alloc(4096);
nameSpace.write('6f0c7a5e3d7b4d0e9a496a8f6a1c2b17', 'hex');

/** SHA-1 of what the id of a key is made from: the id is its first 16 bytes, marked as a version 5. */
export function keyDigest(mainAccountId: string, idempotencyKey: string): Buffer {
  // Longer than any key may be: such a one is a finding already.
  const name = `${mainAccountId}/${idempotencyKey.slice(0, 1000)}/0`;
  const end = 16 + nameSpace.write(name, 16);
  return hash('sha1', nameSpace.subarray(0, end), 'buffer');
}

/** The event id that a key's digest makes (UUID version 5). */
export function idOfDigest(digest: Buffer): string {
  const hex = digest.toString('hex', 0, 16);
  const variant = ((digest[8] ?? 0) & 0x3f) | 0x80;
  return (
    `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-` +
    `${variant.toString(16)}${hex.slice(18, 20)}-${hex.slice(20)}`
  );
}

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

/** SHA-256 of what names a command: the first four groups of its event's id are made from it. */
export const keyDigest = (mainAccountId: string, idempotencyKey: string): Buffer =>
  // Longer than any key may be: such a one is a finding already.
  hash('sha256', `${mainAccountId}/${idempotencyKey.slice(0, 1000)}/0`, 'buffer');

/** The event id (UUID version 8) that a command's digest makes for the metadata that its event bears. */
export function idOfDigest(digest: Buffer, stored: string, metadata: ParsedEvent['metadata']): string {
  const hex = digest.toString('hex', 0, 10);
  const variant = ((digest[8] ?? 0) & 0x3f) | 0x80;
  return (
    `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant.toString(16)}${hex.slice(18, 20)}-` +
    sha256(unhashed(stored, metadata)).slice(0, 12)
  );
}

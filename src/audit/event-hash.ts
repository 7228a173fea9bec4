import { hash } from 'node:crypto';
import type { RecordedEvent } from '../event-store/event-store.js';
import { canonical, type Members } from './json-form.js';
import { ownText } from './own-text.js';

/** SHA-256 of a text, 64 hexadecimal digits. */
export const sha256 = (text: string): string => hash('sha256', text);

/**
 * The hash that an event bears, whatever else it says, so that one bad event does not break the chain and the tree
 * for all later ones.
 */
export function statedHash({ metadata }: RecordedEvent): string {
  const stated = (LAST_MEMBER.exec(metadata.slice(-75)) ?? MEMBER.exec(metadata))?.[1];
  return stated === undefined ? sha256(metadata) : ownText(stated);
}

/** Where the ledger writes it. */
const LAST_MEMBER = /^,"hash":"([0-9a-f]{64})"\}$/;
const MEMBER = /"hash":"([0-9a-f]{64})"/;

/** What an event says, as RFC 8785 canonical JSON. */
export interface CanonicalTexts {
  readonly data: string;
  /** The metadata without the hash. */
  readonly unhashed: string;
}

export function canonicalTexts(data: Members, metadata: Members): CanonicalTexts {
  const { hash: _, ...unhashed } = metadata;
  return { data: canonical(data), unhashed: canonical(unhashed) };
}

/** The hash that an event must have. The auditor's own making: nothing is shared with the writer. */
export const eventHash = (
  { stream, revision, id, type }: Pick<RecordedEvent, 'stream' | 'revision' | 'id' | 'type'>,
  { data, unhashed }: CanonicalTexts,
): string =>
  textsHash(revision, { data, id: escaped(id), unhashed, stream: escaped(stream), type: escaped(type) });

/** The same of what is in JSON already, between its quotes, as a caller with many events of few streams has it. */
export const textsHash = (
  revision: number,
  { data, id, unhashed, stream, type }: CanonicalTexts & Readonly<Record<'id' | 'stream' | 'type', string>>,
): string =>
  sha256(
    `{"data":${data},"id":"${id}","metadata":${unhashed},"revision":${revision},"stream":"${stream}","type":"${type}"}`,
  );

/** What stands for a text between quotes in JSON; to see first that it needs no escape takes half the time. */
export const escaped = (text: string): string =>
  /^[\w.~-]*$/.test(text) ? text : JSON.stringify(text).slice(1, -1);

/** SHA-256 of what names a command: the first four groups of its event's id are made from it. */
export const keyDigest = (mainAccountId: string, idempotencyKey: string): string =>
  // Longer than any key may be: such a one is a finding already.
  sha256(`${mainAccountId}/${idempotencyKey.slice(0, 1000)}/0`);

/** The event id (UUID version 8) that a command's digest makes for the metadata that its event bears. */
export function idOfDigest(digest: string, { unhashed }: Pick<CanonicalTexts, 'unhashed'>): string {
  const variant = '89ab'.charAt(Number.parseInt(digest.charAt(16), 16) & 3);
  return (
    `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-` +
    sha256(unhashed).slice(0, 12)
  );
}

import { readFileSync } from 'node:fs';
import type { RecordedEvent } from '../event-store/event-store.js';
import { sha256 } from './event-hash.js';
import { canonical } from './json-form.js';

/** A file that is no audit bundle, or one of a newer release. */
export class NoBundle extends Error {
  override readonly name = 'NoBundle';
}

/** The first line of every bundle. */
export const FIRST_LINE = '{"format":"credit-ledger-bundle","version":1}';

/** Bytes of a line without its line feed, at most. Of all that the ledger writes, only a manifest comes near. */
export const MAX_LINE = 8 * 1024 * 1024;

/** What a bundle holds, in its last line. docs/reference/audit-bundle.md says it for readers in other languages. */
export interface Manifest {
  readonly createdAt: string;
  /** Main accounts whose streams somebody deleted for good: what is here of them may not be all. Left out where none was. */
  readonly deleted?: readonly string[];
  readonly events: number;
  /** SHA-256 over the lines of the events, each with its line break. */
  readonly eventsHash: string;
  /** SHA-256 over the lines of the heads, each with its line break. */
  readonly headsHash: string;
  readonly ledgerVersion: string;
  readonly mainAccounts: number;
  /** Form of the events: the `schema` of their metadata. */
  readonly schema: 1;
  readonly selection: Selection;
  /** Over all events of the ledger; null for a bundle of only some of them, and where streams were deleted. */
  readonly tree: { readonly root: string; readonly size: number } | null;
}

/** Which events were exported; null = no limit. */
export interface Selection {
  readonly mainAccounts: readonly string[] | null;
  /** Events recorded at this time or before. */
  readonly until: string | null;
}

/** A signed tree head that came with a bundle, and the key that signed it. */
export interface BundledCheckpoint {
  readonly note: string;
  readonly verifierKey: string;
}

export const eventLine = ({ stream, revision, id, type, data, metadata }: RecordedEvent): string =>
  `{"stream":${JSON.stringify(stream)},"revision":${revision},"id":"${id}",` +
  `"type":${JSON.stringify(type)},"data":${data},"metadata":${metadata}}`;

export const checkpointLine = ({ note, verifierKey }: BundledCheckpoint): string =>
  JSON.stringify({ checkpoint: { note, verifierKey } });

/** Where a stream ends in the bundle. */
export interface Head {
  readonly revision: number;
  readonly hash: string;
}

/** The lines of all heads, in order of stream. */
export const headLines = (heads: ReadonlyMap<string, Head>): string[] =>
  [...heads]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([stream, { revision, hash }]) => JSON.stringify({ head: { stream, revision, hash } }));

export const hashOfLines = (lines: readonly string[]): string =>
  sha256(lines.map((line) => `${line}\n`).join(''));

/** The last line, and the hash in it: SHA-256 of the manifest's text. */
export function manifestLine(manifest: Manifest): { line: string; hash: string } {
  const text = canonical(manifest);
  const hash = sha256(text);
  return { line: `{"manifest":${text},"hash":"${hash}"}`, hash };
}

export const ledgerVersion = (): string => {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
};

import { gzipSync } from 'node:zlib';
import {
  FIRST_LINE,
  hashOfLines,
  headLines,
  manifestLine,
  type Manifest,
} from '../../../src/audit/bundle.js';
import type { BundledCheckpoint } from '../../../src/audit/bundle.js';
import { canonicalTexts, eventHash, idOfDigest, keyDigest, sha256 } from '../../../src/audit/event-hash.js';
import { CompactTree, eventLeaf } from '../../../src/audit/merkle.js';

/** Type, data, and what its metadata say otherwise than they should; undefined leaves a member out. */
export type Forged = readonly [type: string, data: object, metadata?: Readonly<Record<string, unknown>>];

interface Event {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly metadata: { readonly hash: string };
}

/** Four events as they should be. */
export const GOOD: readonly Forged[] = [
  ['MainAccountOpened', { currency: 'EUR' }],
  ['CreditPurchased', { amount: '100.0000', reference: 'invoice 1' }],
  ['SipAccountAdded', { sipAccountId: 'sip-1' }],
  ['CreditAllocated', { amount: '12.2109', sipAccountId: 'sip-1' }],
];

/** Events of one main account with whatever they are to say; every link, id and hash fits it. */
export function chain(account: string, events: readonly Forged[]): Event[] {
  const stream = `mainAccount-${account}`;
  let previousHash = sha256(stream);
  return events.map(([type, data, changes], revision) => {
    const unhashed: Record<string, unknown> = {
      $causationId: 'request-1',
      $correlationId: 'request-1',
      actor: 'key:test',
      fingerprint: sha256(`${account} ${revision}`),
      idempotencyKey: `key-${revision}`,
      previousHash,
      recordedAt: new Date(Date.UTC(2026, 2, 1, 12) + revision).toISOString(),
      schema: 1,
      ...changes,
    };
    for (const name in unhashed) if (unhashed[name] === undefined) delete unhashed[name];
    const texts = canonicalTexts({ ...data }, unhashed);
    const written = Array.isArray(data) ? { ...texts, data: JSON.stringify(data) } : texts;
    const id = idOfDigest(keyDigest(account, String(unhashed['idempotencyKey'])), written);
    previousHash = eventHash({ stream, revision, id, type }, written);
    return { stream, revision, id, type, data, metadata: { ...unhashed, hash: previousHash } };
  });
}

export function treeOf(events: readonly Event[]): CompactTree {
  const tree = new CompactTree();
  for (const { metadata } of events) tree.append(eventLeaf(metadata.hash));
  return tree;
}

interface Forgery {
  /** The events' lines, if they are not to say what the events do. */
  readonly lines?: readonly string[];
  readonly manifest?: Readonly<Record<string, unknown>>;
  readonly checkpoint?: (tree: CompactTree) => BundledCheckpoint;
  /** The lines behind the first one in another order. */
  readonly order?: (lines: readonly string[]) => readonly string[];
}

/** A bundle of them of which every hash fits, as somebody makes it who has read its description. */
export function bundleOf(events: readonly Event[], forgery: Forgery = {}): Buffer {
  const { lines = events.map((event) => JSON.stringify(event)), checkpoint, order = same } = forgery;
  const tree = treeOf(events);
  const heads = headLines(
    new Map(
      events.map(({ stream, revision, metadata }) => [stream, { revision, hash: metadata.hash }] as const),
    ),
  );
  const manifest = {
    createdAt: '2026-03-02T00:00:00.000Z',
    events: lines.length,
    eventsHash: hashOfLines(lines),
    headsHash: hashOfLines(heads),
    ledgerVersion: '1.0.0',
    mainAccounts: heads.length,
    schema: 1,
    selection: { mainAccounts: null, until: null },
    tree: { root: tree.root().toString('base64'), size: tree.size },
    ...forgery.manifest,
  };
  const end = manifestLine(manifest as Manifest).line;
  const signed = checkpoint ? [JSON.stringify({ checkpoint: checkpoint(tree) })] : [];
  const text = [FIRST_LINE, ...order([...lines, ...heads, ...signed, end])];
  return gzipSync(text.map((line) => `${line}\n`).join(''));
}

const same = <T>(value: T): T => value;

import { writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  array,
  assert,
  asyncProperty,
  constantFrom,
  dictionary,
  double,
  jsonValue,
  oneof,
  option,
  record,
} from 'fast-check';
import { afterAll, describe, expect, it } from '@jest/globals';
import { noteSigner, signNote } from '../../src/audit/signed-note.js';
import { bothVerifiers } from './support/both-verifiers.js';
import { bundleOf, chain, GOOD, type Forged } from './support/forged-bundle.js';

const { file, exits, remove } = bothVerifiers();
afterAll(remove);

const LEDGER = noteSigner('credit-ledger/test', Buffer.alloc(32, 1));
const deep = (depth: number): unknown => (depth === 0 ? 'x' : [deep(depth - 1)]);

/** What may stand where a text or a number should. */
const value = oneof(
  jsonValue(),
  constantFrom<unknown>(
    '',
    'key-1',
    'sip-1',
    'EUR',
    '1.0000',
    '00.1000',
    '1000000000000.0000',
    'x'.repeat(300),
  ),
  constantFrom<unknown>('2027-02-29T00:00:00.000Z', '2028-02-29T00:00:00.000Z', '2026-03-01T24:00:00.000Z'),
  constantFrom<unknown>(
    '\ud800',
    '\ufffd',
    '\0',
    'é',
    1e21,
    -1.5,
    2 ** 53,
    deep(61),
    deep(62),
    deep(63),
    deep(1000),
  ),
);

/** An event in which anything may stand anywhere, and every hash fits. */
const event = record({
  type: constantFrom('CreditPurchased', 'CreditAllocated', 'SipAccountAdded', 'MainAccountOpened', 'Other'),
  data: dictionary(constantFrom('amount', 'reference', 'sipAccountId', 'x'), value, { maxKeys: 1 }),
  metadata: dictionary(constantFrom('actor', 'idempotencyKey', 'recordedAt', 'schema', 'x'), value, {
    maxKeys: 1,
  }),
}).map(({ type, data, metadata }): Forged => {
  const usual = { amount: '1.0000', reference: '\ufffd', sipAccountId: 'sip-1', ...data };
  return [type, usual, metadata];
});

/** Other ways to write a line, under a manifest with hashes that fit. */
const line = constantFrom<(line: string) => string>(
  (text) => text.replace('"type"', '"type":"Other","type"'),
  (text) => text.replace(':', ': '),
  (text) => text.replace(/"revision":\d+/, '$&.0'),
  (text) => text.replace(/"revision":\d+/, '"revision":-0'),
  (text) => text.replace('"schema":1', '"schema":1e0'),
  (text) => text.replace('amount', '\\u0061mount'),
  (text) => text.replace('"data":{', '"data":{"__proto__":1,'),
  (text) => `${text}\r`,
  (text) => `${text}\n${text}`,
  () => '[]',
);

const manifest = dictionary(
  constantFrom('createdAt', 'deleted', 'events', 'mainAccounts', 'schema', 'selection', 'tree', 'x'),
  value,
  { maxKeys: 1 },
);

const note = constantFrom<(text: string) => string>(
  (text) => text,
  (text) => text.trimEnd(),
  (text) => `${text}\n`,
  (text) => `${text}rubbish\n`,
  (text) => text.replace('=\n', '\n'),
  (text) => text.replace(/\n\d/, '$&.0'),
);

const spliced = (bytes: Buffer, at: number, ...others: number[]): Buffer =>
  Buffer.concat([bytes.subarray(0, at), Buffer.from(others), bytes.subarray(at + others.length)]);

type Change = (given: Buffer, at: number) => Buffer;
/** Of the text, and of the compressed file. */
const change = record({
  to: constantFrom<Change>(
    (given, at) => spliced(given, at, (given[at] ?? 0) ^ 1),
    (given, at) => spliced(given, at, 0xff),
    (given, at) => given.subarray(0, at),
    (given) => given.subarray(0, -1),
    (given) => Buffer.concat([given, given]),
    (given) => Buffer.concat([given, Buffer.of(0)]),
    (given) => Buffer.concat([Buffer.from('\ufeff'), given]),
  ),
  part: double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});
const changed = (given: Buffer, how: { to: Change; part: number } | null): Buffer =>
  how ? how.to(given, Math.floor(how.part * given.length)) : given;

/** A bundle as somebody forges it, in one place or in some. */
const forged = record({
  events: array(event, { maxLength: 2 }),
  line: option(line, { freq: 2 }),
  manifest: option(manifest, { freq: 2, nil: {} }),
  note: option(note, { freq: 2 }),
  text: option(change, { freq: 1 }),
  file: option(change, { freq: 1 }),
}).map(({ events, line: rewrite, manifest: stated, note: renote, text, file: packed }) => {
  const all = chain('alice', [...GOOD, ...events]);
  const lines = all.map((made) => JSON.stringify(made));
  const last = lines.at(-1) ?? '';
  const bundle = bundleOf(all, {
    lines: [...lines.slice(0, -1), rewrite ? rewrite(last) : last],
    manifest: stated,
    ...(renote && {
      checkpoint: (tree) => ({
        note: renote(signNote(`log\n${tree.size}\n${tree.root().toString('base64')}\n`, LEDGER)),
        verifierKey: LEDGER.verifierKey,
      }),
    }),
  });
  return changed(gzipSync(changed(gunzipSync(bundle), text)), packed);
});

describe('the two verifiers', () => {
  it('exit with the same code, whatever the bytes', async () => {
    await assert(
      asyncProperty(forged, async (bundle) => {
        writeFileSync(file, bundle);
        const { verify, standalone, told } = await exits();
        expect({ standalone, told }).toEqual({ standalone: verify, told });
        // What is wrong is said as such, and is no error of a verifier's own.
        expect(told).not.toMatch(/TypeError|RangeError|ReferenceError/);
      }),
      { numRuns: 30 },
    );
  }, 120_000);
});

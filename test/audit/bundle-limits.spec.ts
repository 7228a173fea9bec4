import { writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from '@jest/globals';
import { FIRST_LINE } from '../../src/audit/bundle.js';
import { readEvent } from '../../src/audit/event-form.js';
import { noteSigner, signNote } from '../../src/audit/signed-note.js';
import { bothVerifiers, FOUND, REFUSED, SOUND } from './support/both-verifiers.js';
import { bundleOf, chain, GOOD, treeOf, type Forged } from './support/forged-bundle.js';
import { goodLog } from './support/good-log.js';

const { file, exits, proofExits, remove } = bothVerifiers();
afterAll(remove);

const purchase = (reference: string, data = {}, metadata = {}): readonly Forged[] => [
  ...GOOD,
  ['CreditPurchased', { amount: '1.0000', reference, ...data }, metadata],
];
const sold = (reference: string, data = {}, metadata = {}) =>
  chain('alice', purchase(reference, data, metadata));
const bundled = (text: string | Buffer) => writeFileSync(file, gzipSync(text));

/** Of a proof that an event with such data is the only one of a log. */
async function proofExitsOf(data: object) {
  const signer = noteSigner('log', Buffer.alloc(32, 1));
  const events = chain('alice', [['MainAccountOpened', data]]);
  const checkpoint = signNote(`log\n1\n${treeOf(events).root().toString('base64')}\n`, signer);
  writeFileSync(file, JSON.stringify({ ...events[0], leafIndex: 0, checkpoint, proof: [] }));
  return proofExits([signer.verifierKey]);
}

/** Lists and objects within one another, so many in all. */
const nested = (depth: number): unknown =>
  depth === 0 ? 'x' : depth % 2 === 1 ? [nested(depth - 1)] : { x: nested(depth - 1) };
/** In a member of a member of a line. */
const DEEPEST = 62;

describe('the depth of a line', () => {
  it.each([
    ['data', (depth: number) => bundleOf(sold('r', { x: nested(depth) }))],
    ['metadata', (depth: number) => bundleOf(sold('r', {}, { x: nested(depth) }))],
    ['a manifest', (depth: number) => bundleOf(sold('r'), { manifest: { createdAt: nested(depth) } })],
  ])('of %s has the same limit in both verifiers, whatever the stack', async (_, bundle) => {
    writeFileSync(file, bundle(DEEPEST));
    expect(await exits()).toMatchObject(SOUND);
    for (const depth of [DEEPEST + 1, 1000]) {
      writeFileSync(file, bundle(depth));
      expect(await exits()).toMatchObject(FOUND);
    }
  });

  it('is that of an event in a store, and of a proof', async () => {
    const [, event] = goodLog();
    const flaw = (member: 'data' | 'metadata', depth: number) =>
      readEvent({ ...event!, [member]: JSON.stringify({ ...JSON.parse(event![member]), x: nested(depth) }) });
    for (const member of ['data', 'metadata'] as const) {
      expect(flaw(member, DEEPEST)).toMatchObject({ flaws: [] });
      expect(flaw(member, DEEPEST + 1)).toBe(`its ${member} is nested too deeply`);
    }
    for (const [depth, code] of [
      [DEEPEST, SOUND],
      [DEEPEST + 1, REFUSED],
      [1000, REFUSED],
    ] as const)
      expect(await proofExitsOf({ currency: 'EUR', x: nested(depth) })).toMatchObject(code);
  });
});

describe('half of a surrogate pair', () => {
  const HALF = '\ud800';

  it('has no canonical form that others could make, so no line may hold it', async () => {
    for (const bundle of [
      bundleOf(sold(HALF)),
      bundleOf(sold('r', { [HALF]: 'x' })),
      bundleOf(sold('r', {}, { actor: `${HALF}x` })),
      bundleOf(sold('r'), { manifest: { createdAt: [`x${HALF}`] } }),
    ]) {
      writeFileSync(file, bundle);
      expect(await exits()).toMatchObject(FOUND);
    }
  });

  it('is neither a whole pair, nor the letters that escape one', async () => {
    for (const text of ['\u{1f4b6}', String.raw`\ud800`]) {
      writeFileSync(file, bundleOf(sold(text)));
      expect(await exits()).toMatchObject(SOUND);
    }
  });

  it('is found in a store, and makes a text no proof', async () => {
    const event = goodLog()[1]!;
    const data = JSON.stringify({ ...JSON.parse(event.data), reference: HALF });
    expect(readEvent({ ...event, data })).toBe('its data holds half of a surrogate pair');
    expect(await proofExitsOf({ currency: 'EUR', x: HALF })).toMatchObject(REFUSED);
  });
});

describe('the length of a line', () => {
  const MAX = 8 * 1024 * 1024;
  const short = JSON.stringify(sold('').at(-1)).length;

  it.each([
    ['as long as may be', 'x'.repeat(MAX - short), SOUND],
    ['a byte longer', 'x'.repeat(MAX - short + 1), REFUSED],
    ['of fewer characters and more bytes', 'é'.repeat(MAX / 2), REFUSED],
  ])('may be %s', async (_, reference, code) => {
    writeFileSync(file, bundleOf(sold(reference)));
    expect(await exits()).toMatchObject(code);
  });

  it('counts also without a line feed', async () => {
    bundled(`${FIRST_LINE}\n${'x'.repeat(MAX)}`);
    expect(await exits()).toMatchObject(FOUND);
    bundled(`${FIRST_LINE}\n${'x'.repeat(MAX + 1)}`);
    expect(await exits()).toMatchObject(REFUSED);
  });
});

describe('a file', () => {
  it.each([
    ['is empty', Buffer.alloc(0)],
    ['holds nothing, compressed', gzipSync('')],
    ['is compressed, of another kind, and has no line', gzipSync('{"a":1}')],
    ['is compressed, of another kind, and not UTF-8', gzipSync(Buffer.from('ff0aff', 'hex'))],
    ['ends within the first line', gzipSync(FIRST_LINE)],
    ['begins with a mark of its byte order', gzipSync(`\ufeff${FIRST_LINE}\n`)],
  ])('is no bundle if it %s', async (_, bytes) => {
    writeFileSync(file, bytes);
    expect(await exits()).toMatchObject(REFUSED);
  });

  it.each(['ff', 'c3', 'c0af', 'eda080'])(
    'is not sound if it holds %s, which is not UTF-8',
    async (bytes) => {
      const text = gunzipSync(bundleOf(sold('invoice \ufffd')));
      bundled(text);
      expect(await exits()).toMatchObject(SOUND);
      const at = text.indexOf('\ufffd');
      bundled(Buffer.concat([text.subarray(0, at), Buffer.from(bytes, 'hex'), text.subarray(at + 3)]));
      const run = await exits();
      expect(run).toMatchObject(FOUND);
      expect(run.told.split('a line is not UTF-8: {"stream":"mainAccount-alice","revision":4')).toHaveLength(
        3,
      );
    },
  );
});

describe('keys', () => {
  it('are told apart also when the ids that follow from them begin alike', async () => {
    // Found by search: SHA-256 over alice/<key>/0 begins with the same 64 bits.
    const alike = ['b72647b7a58578e8', '99a3f820d464996a'].map((idempotencyKey): Forged => [
      'CreditPurchased',
      { amount: '1.0000', reference: 'r' },
      { idempotencyKey },
    ]);
    const events = chain('alice', [...GOOD, ...alike]);
    const [one, other] = events.slice(-2).map(({ id }) => id.slice(0, 18));
    expect(one).toBe(other);
    writeFileSync(file, bundleOf(events));
    expect(await exits()).toMatchObject(SOUND);
  });

  it('that were used twice are named, also that of the first event', async () => {
    writeFileSync(file, bundleOf(sold('r', {}, { idempotencyKey: 'key-0' })));
    const run = await exits();
    expect(run).toMatchObject(FOUND);
    expect(run.told).toMatch(/revision 4 \(event .*\): its idempotency key key-0 was used at revision 0/);
    expect(run.told).toMatch(/revision 4 \(event .*\): its key was used before/);
  });
});

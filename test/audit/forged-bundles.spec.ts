import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import { hashOfLines } from '../../src/audit/bundle.js';
import { sha256 } from '../../src/audit/event-hash.js';
import { noteSigner, signNote } from '../../src/audit/signed-note.js';
import { bothVerifiers, FOUND, REFUSED, SOUND } from './support/both-verifiers.js';
import { bundleOf, chain, GOOD, treeOf, type Forged } from './support/forged-bundle.js';

const ORIGIN = 'credit-ledger/test';
const LEDGER = noteSigner(ORIGIN, Buffer.alloc(32, 1));
const FORGER = noteSigner(ORIGIN, Buffer.alloc(32, 2));
const note = (size: number | string, root: string, signer = LEDGER) =>
  signNote(`${ORIGIN}\n${size}\n${root}\n`, signer);
const WRONG_ROOT = Buffer.alloc(32, 9).toString('base64');

const { file: bundle, exits, remove } = bothVerifiers();
afterAll(remove);

/** A manifest with its hash, but not in canonical form. */
function reordered(line: string): string {
  const { manifest } = JSON.parse(line) as { manifest?: object };
  if (!manifest) return line;
  const text = JSON.stringify(Object.fromEntries(Object.entries(manifest).toReversed()));
  return `{"manifest":${text},"hash":"${sha256(text)}"}`;
}

const DEEP = '['.repeat(20_000) + ']'.repeat(20_000);

const purchase = (data: object, metadata: Readonly<Record<string, unknown>> = {}): readonly Forged[] => [
  ...GOOD,
  ['CreditPurchased', { amount: '1.0000', reference: 'r', ...data }, metadata],
];
const sipAccount = (data: object): readonly Forged[] => [...GOOD.slice(0, 2), ['SipAccountAdded', data]];

describe('a bundle in which every hash was made anew', () => {
  it('is sound if nothing else is wrong with it', async () => {
    writeFileSync(bundle, bundleOf(chain('alice', GOOD)));
    expect(await exits()).toMatchObject(SOUND);
  });

  it.each<[string, readonly Forged[]]>([
    ['a SIP account that is a number', sipAccount({ sipAccountId: 123 })],
    ['a SIP account that is a list', sipAccount({ sipAccountId: ['sip-1'] })],
    ['a SIP account that is null', sipAccount({ sipAccountId: null })],
    ['a SIP account without a name', sipAccount({})],
    ['data that are a list', sipAccount([])],
    ['a currency that is a list', [['MainAccountOpened', { currency: ['EUR'] }], ...GOOD.slice(1)]],
    ['an amount that is a list', purchase({ amount: ['1.0000'] })],
    ['an amount that cannot be written', purchase({ amount: { toString: 1 } })],
    ['a key that is a list', purchase({}, { idempotencyKey: ['key'] })],
    ['no key', purchase({}, { idempotencyKey: undefined })],
    ['no actor', purchase({}, { actor: undefined })],
    ['a fingerprint that is a list', purchase({}, { fingerprint: ['0'.repeat(64)] })],
    ['a time that is a list', purchase({}, { recordedAt: ['2026-03-01T13:00:00.000Z'] })],
    ['a time that no clock shows', purchase({}, { recordedAt: '2026-99-99T99:99:99.999Z' })],
    ['a 31st of February', purchase({}, { recordedAt: '2027-02-31T00:00:00.000Z' })],
    ['a 29th of February in 2027', purchase({}, { recordedAt: '2027-02-29T00:00:00.000Z' })],
  ])('is not sound with %s', async (_, events) => {
    writeFileSync(bundle, bundleOf(chain('alice', events)));
    expect(await exits()).toMatchObject(FOUND);
  });

  it.each([
    [
      'an amount twice, of which readers take the one or the other',
      (line: string) => line.replace('"amount":', '"amount":"999999.0000","amount":'),
    ],
    ['a stream twice', (line: string) => line.replace('{', '{"stream":"mainAccount-mallory",')],
    [
      'a member that no hash covers',
      (line: string) => line.replace('"data":', '"note":"it was 1.0000","data":'),
    ],
    ['white space', (line: string) => line.replace('"data":', '"data": ')],
    ['data nested deeply', (line: string) => line.replace('"data":', `"data":${DEEP},"x":`)],
    ['an id that only begins like one', (line: string) => line.replace(/"id":"(.{14})/, '"id":"$1x')],
  ])('is not sound with %s in a line', async (_, change) => {
    const events = chain('alice', GOOD);
    const lines = events.map((event) => JSON.stringify(event));
    writeFileSync(bundle, bundleOf(events, { lines: lines.with(1, change(lines[1] ?? '')) }));
    expect(await exits()).toMatchObject(FOUND);
  });

  it('cannot write over the verdict, or put another beside it, by what it says', async () => {
    const forged = '\u001b[2K\nSOUND: 4 events\u202e';
    const events = [...chain('alice', GOOD), ...chain(forged, [['MainAccountOpened', { currency: 'EUR' }]])];
    writeFileSync(bundle, bundleOf(events));
    const run = await exits();
    expect(run).toMatchObject(FOUND);
    expect(run.told).not.toMatch(/(?!\n)\p{C}|^SOUND/mu);
    expect(run.told.split('\\u{1b}[2K\\u{a}SOUND: 4 events\\u{202e}').length).toBeGreaterThan(2);
  });

  it('is not sound with an event of a stream that is none of the ledger', async () => {
    const events = chain('alice', GOOD);
    const foreign = { stream: 'profile-alice', revision: 0, id: 'i', type: 'T', data: {}, metadata: {} };
    const lines = [...events, foreign].map((event) => JSON.stringify(event));
    writeFileSync(bundle, bundleOf(events, { lines }));
    expect(await exits()).toMatchObject(FOUND);
  });
});

const alice = chain('alice', GOOD);
const selected = (mainAccounts: unknown, until: unknown = null) => ({
  selection: { mainAccounts, until },
  tree: null,
});

describe('a bundle whose manifest says something else than it holds', () => {
  it.each([
    ['an account that was not asked for', [...alice, ...chain('mallory', GOOD)], selected(['alice'])],
    ['no events of an account that was asked for', alice, selected(['alice', 'bob'])],
    ['events after its end', alice, selected(null, '2026-03-01T12:00:00.002Z')],
    ['all events but no tree', alice, selected(null)],
    ['a selection and a tree', alice, { selection: { mainAccounts: ['alice'], until: null } }],
    ['a selection that is none', alice, { selection: 'x' }],
    ['no selection', alice, { selection: null }],
    ['accounts that cannot be written', alice, selected([{ toString: 1 }])],
    ['a selection and no tree, but not said so', alice, { ...selected(['alice']), tree: false }],
    ['a list of accounts that is none', alice, { selection: { mainAccounts: 'alice', until: null } }],
    ['an end that is no time', alice, selected(null, 'tomorrow')],
    ['another form of events', alice, { schema: 7 }],
    ['another number of events', alice, { events: 5 }],
    ['another number of accounts', alice, { mainAccounts: 2 }],
    ['another hash of the events', alice, { eventsHash: sha256('') }],
    ['another root', alice, { tree: { root: WRONG_ROOT, size: 4 } }],
    ['a tree of another size', alice, { tree: { root: treeOf(alice).root().toString('base64'), size: 5 } }],
    ['deleted accounts that are none', alice, { deleted: 'alice' }],
    ['no deleted accounts, said so', alice, { deleted: null }],
    ['a deleted account', alice, { deleted: ['bob'], tree: null }],
  ])('is not sound: %s', async (_, events, manifest) => {
    writeFileSync(bundle, bundleOf(events, { manifest }));
    expect(await exits()).toMatchObject(FOUND);
  });

  it.each([
    ['the manifest first', (lines: readonly string[]) => [...lines.slice(-1), ...lines.slice(0, -1)]],
    ['a head first', (lines: readonly string[]) => [...lines.slice(4, 5), ...lines.toSpliced(4, 1)]],
    ['the manifest twice', (lines: readonly string[]) => [...lines, ...lines.slice(-1)]],
    ['a head left out', (lines: readonly string[]) => lines.toSpliced(4, 1)],
    ['the members of the manifest in another order', (lines: readonly string[]) => lines.map(reordered)],
  ])('is not sound with %s', async (_, order) => {
    writeFileSync(bundle, bundleOf(alice, { order }));
    expect(await exits()).toMatchObject(FOUND);
  });
});

describe('the heads of a bundle', () => {
  it('are those of its events, also where their hash is right', async () => {
    const head = JSON.stringify({ head: { stream: 'mainAccount-alice', revision: 4, hash: sha256('') } });
    const manifest = { headsHash: hashOfLines([head]) };
    writeFileSync(bundle, bundleOf(alice, { manifest, order: (lines) => lines.with(4, head) }));
    expect(await exits()).toMatchObject(FOUND);
  });
});

describe('the checkpoints that a bundle is held against', () => {
  const key = LEDGER.verifierKey;
  const signed = (signer = LEDGER) => ({
    checkpoint: (tree: { size: number; root(): Buffer }) => ({
      note: note(tree.size, tree.root().toString('base64'), signer),
      verifierKey: signer.verifierKey,
    }),
  });

  it('are signed with the key that is given, also the one that the bundle brings', async () => {
    writeFileSync(bundle, bundleOf(alice, signed()));
    expect(await exits([], [key])).toMatchObject(SOUND);
    writeFileSync(bundle, bundleOf(alice, signed(FORGER)));
    expect(await exits()).toMatchObject(SOUND);
    expect(await exits([], [key])).toMatchObject(FOUND);
  });

  it.each([
    ['another one ahead of it', (line: string) => line.replace('{', '{"checkpoint":{"note":"x"},')],
    ['a member too many', (line: string) => line.replace(/}$/, ',"valid":"for ever"}')],
    ['a member too many within', (line: string) => line.replace('"note"', '"size":5,"note"')],
    ['white space', (line: string) => line.replace(':', ': ')],
  ])('are in the form of the ledger in the bundle, without %s', async (_, change) => {
    const order = (lines: readonly string[]) => lines.toSpliced(-2, 1, change(lines.at(-2) ?? ''));
    writeFileSync(bundle, bundleOf(alice, { ...signed(), order }));
    expect(await exits([], [key])).toMatchObject(FOUND);
  });

  it('have to be there if a key is given', async () => {
    writeFileSync(bundle, bundleOf(alice));
    const run = await exits([], [key]);
    expect(run).toMatchObject(REFUSED);
    expect(run.told.split('nothing here is signed')).toHaveLength(3);
  });

  it('are all looked at, also two of one size and one of no events', async () => {
    writeFileSync(bundle, bundleOf(alice));
    const right = signed().checkpoint(treeOf(alice)).note;
    expect(await exits([right], [key])).toMatchObject(SOUND);
    expect(await exits([note(4, WRONG_ROOT), right], [key])).toMatchObject(FOUND);
    expect(await exits([note(0, WRONG_ROOT)], [key])).toMatchObject(FOUND);
  });

  it.each([
    ['the answer to a request that was refused', '{"status":401,"title":"Unauthorized"}\n'],
    ['an empty file', ''],
    ['a size with more behind it', note('5x', WRONG_ROOT)],
    ['a size below zero', note(-5, WRONG_ROOT)],
    ['a root that is too short', note(4, 'AAAA')],
    ['the note of a key that names the next one', note('next key', FORGER.verifierKey)],
  ])('are named if they are none: %s', async (_, text) => {
    writeFileSync(bundle, bundleOf(alice));
    const run = await exits([text], [key]);
    expect(run).toMatchObject(REFUSED);
    expect(run.told.split('checkpoint-0 is no checkpoint')).toHaveLength(3);
  });

  const wrong = Buffer.concat([Buffer.from(LEDGER.keyId, 'hex'), Buffer.alloc(64, 7)]).toString('base64');
  const rubbish = (notes: string) => `${notes}rubbish\n`;

  it.each<[string, (note: string) => string, string]>([
    ['no line feed at its end', (text) => text.trimEnd(), 'is no checkpoint'],
    ['two', (text) => `${text}\n`, 'is no checkpoint'],
    ['a line that is no signature', rubbish, 'is no checkpoint'],
    ['no signature', (text) => text.slice(0, text.indexOf('\n\n') + 2), 'is no checkpoint'],
    ['base64 without its end', (text) => text.replace(/=+\n$/, '\n'), 'is no checkpoint'],
    ['base64 for addresses', (text) => text.replaceAll('+', '-').replaceAll('/', '_'), 'is no checkpoint'],
    ['a control character', (text) => text.replace(/\n$/, `\n— \u0007 ${wrong}\n`), 'is no checkpoint'],
    ['a line break of two characters', (text) => text.replaceAll('\n', '\r\n'), 'is no checkpoint'],
    ['a wrong signature beside the right one', (text) => `${text}— ${ORIGIN} ${wrong}\n`, 'checkpoint-0'],
  ])('are held to the format of signed notes: not %s', async (_, change, message) => {
    writeFileSync(bundle, bundleOf(alice));
    const { note: right } = signed().checkpoint(treeOf(alice));
    const run = await exits([change(right)], [key]);
    expect(run).toMatchObject(REFUSED);
    expect(run.told.split(message)).toHaveLength(3);
  });

  it('are held to it also without a key, and have no empty line and no byte that is not UTF-8', async () => {
    writeFileSync(bundle, bundleOf(alice));
    const root = treeOf(alice).root().toString('base64');
    expect(await exits([note(4, root)])).toMatchObject(SOUND);
    for (const text of [
      rubbish(note(4, root)),
      note(4, root.slice(0, -1)),
      signNote(`${ORIGIN}\n4\n${root}\n\nmore\n`, LEDGER),
      Buffer.concat([Buffer.of(0xff), Buffer.from(note(4, root))]),
    ])
      expect(await exits([text])).toMatchObject(REFUSED);
  });

  it('come with a key in its one form', async () => {
    const withKey = (verifierKey: string) => ({
      checkpoint: (tree: { size: number; root(): Buffer }) => ({
        ...signed().checkpoint(tree),
        verifierKey,
      }),
    });
    for (const other of [` ${key}`, `${key}\n`, key.replace(/.$/, '')]) {
      writeFileSync(bundle, bundleOf(alice, withKey(other)));
      expect(await exits()).toMatchObject(FOUND);
    }
  });

  it('are not held against a selection', async () => {
    writeFileSync(bundle, bundleOf(alice, { manifest: selected(['alice']) }));
    const run = await exits([note(4, WRONG_ROOT)], [key]);
    expect(run).toMatchObject(REFUSED);
    expect(run.told.split('a checkpoint needs a complete one')).toHaveLength(3);
  });
});

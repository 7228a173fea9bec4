import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { parseTreeHead, readCheckpoint, treeHeadText } from '../../src/audit/checkpoint.js';
import { EMPTY_ROOT } from '../../src/audit/merkle.js';
import { noteSigner, noteVerifier, openNote, signNote } from '../../src/audit/signed-note.js';

/** A published example of the format: key, text and signature. */
const SEED = Buffer.from('gQoUAtUUbI2E8kQzMPVAgOv5juF9nHT2JS/F1ccoMXM=', 'base64');
const VERIFIER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const TEXT =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const NOTE = `${TEXT}
— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`;

describe('a signed note', () => {
  it('is made as the published example is', () => {
    const signer = noteSigner('PeterNeumann', SEED);
    expect(signer.verifierKey).toBe(VERIFIER);
    expect(signNote(TEXT, signer)).toBe(NOTE);
  });

  it('opens with the key that signed it', () => {
    const { text, signedBy } = openNote(NOTE, [noteVerifier(VERIFIER)]);
    expect(text).toBe(TEXT);
    expect(signedBy.map(({ keyId }) => keyId)).toEqual(['c74f20a3']);
  });

  it('does not open when its text was changed', () => {
    expect(() => openNote(NOTE.replace('answer', 'amswer'), [noteVerifier(VERIFIER)])).toThrow(
      'does not fit',
    );
  });

  it('passes over signatures of keys that it does not know', () => {
    const other = noteSigner('other', Buffer.alloc(32, 7));
    const both = signNote(TEXT, other, noteSigner('PeterNeumann', SEED));
    expect(openNote(both, [noteVerifier(VERIFIER)]).signedBy).toHaveLength(1);
    expect(openNote(both, []).signedBy).toHaveLength(0);
    expect(openNote(both, [noteVerifier(other.verifierKey)]).signedBy[0]?.name).toBe('other');
  });

  it('may have blank lines in its text', () => {
    const text = `${TEXT}\n${TEXT}`;
    const { text: opened, signedBy } = openNote(signNote(text, noteSigner('PeterNeumann', SEED)), [
      noteVerifier(VERIFIER),
    ]);
    expect([opened, signedBy.length]).toEqual([text, 1]);
  });

  it('is signed by a key only under the name and the id of the key', () => {
    const known = [noteVerifier(VERIFIER)];
    expect(openNote(NOTE.replace('— PeterNeumann', '— SomebodyElse'), known).signedBy).toEqual([]);
    // All keys of a log bear its name: what an older one has signed is no wrong signature of this one.
    const older = noteSigner('PeterNeumann', Buffer.alloc(32, 7));
    expect(openNote(signNote(TEXT, older), known).signedBy).toEqual([]);
    expect(openNote(signNote(TEXT, older, noteSigner('PeterNeumann', SEED)), known).signedBy).toEqual(known);
  });

  it('refuses texts and keys that are none', () => {
    expect(() => openNote('no signatures\n', [])).toThrow('blank line');
    expect(() => openNote(NOTE.trimEnd(), [])).toThrow('blank line');
    expect(() => openNote('text\n\nrubbish\n', [])).toThrow('no signature line');
    expect(() => openNote('text\n\n— name AAAA\n', [])).toThrow('no signature line');
    expect(() => openNote('text\t\n\n— name AAAAAAAA\n', [])).toThrow('blank line');
    expect(() => openNote('text\n\n— name AAAAAAA\n', [])).toThrow('no signature line');
    expect(() => noteVerifier(VERIFIER.replace('c74f20a3', 'c74f20a4'))).toThrow('no Ed25519');
    expect(() => noteVerifier(`${VERIFIER}\n`)).toThrow('no Ed25519');
    expect(() => noteVerifier('')).toThrow('no Ed25519');
  });

  it.each([
    ['of another kind', Buffer.alloc(33, 2)],
    ['that is too short', Buffer.alloc(32, 1)],
    ['that is too long', Buffer.alloc(34, 1)],
  ])('takes no key %s, whatever its id', (_, key) => {
    const id = createHash('sha256').update('name\n').update(key).digest('hex').slice(0, 8);
    expect(() => noteVerifier(`name+${id}+${key.toString('base64')}`)).toThrow('no Ed25519');
  });
});

describe('a tree head', () => {
  it('reads back what it writes', () => {
    const head = { origin: 'credit-ledger/test', size: 42, root: EMPTY_ROOT };
    expect(parseTreeHead(treeHeadText(head))).toEqual(head);
  });

  it('refuses a size or a root that is none', () => {
    expect(() => parseTreeHead('o\n-1\nAAAA\n')).toThrow('begins with');
    expect(() => parseTreeHead('o\n1\nAAAA\n')).toThrow('begins with');
    expect(() => parseTreeHead('')).toThrow('begins with');
    const root = EMPTY_ROOT.toString('base64');
    for (const size of ['', '01', '1e3', '9007199254740993'])
      expect(() => parseTreeHead(`o\n${size}\n${root}\n`)).toThrow('begins with');
    for (const text of [`\n1\n${root}\n`, `o\n1\n${root.slice(0, -1)}\n`, `o\n1\n${root}\n\nmore\n`])
      expect(() => parseTreeHead(text)).toThrow('begins with');
    expect(parseTreeHead(`o\n1\n${root}\nmore\n`).size).toBe(1);
  });

  it('is relied on only with a signature of one of the keys that are given', () => {
    const [signer, other] = [7, 8].map((seed) => noteSigner('log', Buffer.alloc(32, seed)));
    const head = { origin: 'log', size: 42, root: EMPTY_ROOT };
    const note = signNote(treeHeadText(head), signer!);
    expect(readCheckpoint(note, [other!.verifierKey, signer!.verifierKey])).toEqual(head);
    expect(() => readCheckpoint(note, [other!.verifierKey])).toThrow('not signed with a key that was given');
  });
});

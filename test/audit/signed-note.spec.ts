import { describe, expect, it } from '@jest/globals';
import { parseTreeHead, treeHeadText } from '../../src/audit/checkpoint.js';
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

  it('refuses texts and keys that are none', () => {
    expect(() => openNote('no signatures\n', [])).toThrow('blank line');
    expect(() => openNote('text\n\nrubbish\n', [])).toThrow('no signature line');
    expect(() => noteVerifier(VERIFIER.replace('c74f20a3', 'c74f20a4'))).toThrow('no Ed25519');
    expect(() => noteVerifier('')).toThrow('no Ed25519');
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
  });
});

import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';

/** Signature type of the note format: Ed25519. */
const ED25519 = 1;
/** What stands before a raw Ed25519 key in the DER forms that node:crypto reads (RFC 8410). */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A text that is no note, or a key that is none. */
export class NoteMalformed extends Error {
  override readonly name = 'NoteMalformed';
}

/** A public key as it is published: `<name>+<key id>+<base64>`. */
export interface NoteVerifier {
  readonly name: string;
  /** 4 bytes, hexadecimal. */
  readonly keyId: string;
  readonly publicKey: KeyObject;
}

export interface NoteSigner {
  readonly name: string;
  readonly keyId: string;
  /** The public key as it is published. */
  readonly verifierKey: string;
  readonly privateKey: KeyObject;
}

/** @param seed the 32 bytes of an Ed25519 private key */
export function noteSigner(name: string, seed: Buffer): NoteSigner {
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const raw = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(SPKI.length);
  const key = Buffer.concat([Buffer.of(ED25519), raw]);
  const keyId = keyIdOf(name, key);
  return { name, keyId, verifierKey: `${name}+${keyId}+${key.toString('base64')}`, privateKey };
}

/** @throws NoteMalformed */
export function noteVerifier(verifierKey: string): NoteVerifier {
  const [, name = '', keyId = '', base64 = ''] =
    /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(verifierKey) ?? [];
  const key = bytesOf(base64);
  if (key.length !== 33 || key[0] !== ED25519 || keyIdOf(name, key) !== keyId)
    throw new NoteMalformed('this is no Ed25519 verifier key in the signed-note format');
  const der = Buffer.concat([SPKI, key.subarray(1)]);
  return { name, keyId, publicKey: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
}

/** @param text ends with a line break @returns the text with one signature line a signer */
export function signNote(text: string, ...signers: readonly NoteSigner[]): string {
  const lines = signers.map(({ name, keyId, privateKey }) => {
    const signature = sign(null, Buffer.from(text), privateKey);
    return `— ${name} ${Buffer.concat([Buffer.from(keyId, 'hex'), signature]).toString('base64')}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

/**
 * The text of a note, and which of the given keys have signed it. Signatures of other keys are passed over.
 * @throws NoteMalformed also when a given key's signature is wrong
 */
export function openNote(
  note: string,
  verifiers: readonly NoteVerifier[],
): { text: string; signedBy: readonly NoteVerifier[] } {
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n') || CONTROL.test(note))
    throw new NoteMalformed('a note has a text, a blank line and signatures');
  const text = note.slice(0, split + 1);
  const signedBy = [];
  for (const line of note.slice(split + 2, -1).split('\n')) {
    const [, name, base64 = ''] = /^— ([^+\s]+) ([A-Za-z0-9+/=]+)$/.exec(line) ?? [];
    const signature = bytesOf(base64);
    if (name === undefined || signature.length < 5)
      throw new NoteMalformed(`this is no signature line: ${line}`);
    const keyId = signature.toString('hex', 0, 4);
    const verifier = verifiers.find((known) => known.name === name && known.keyId === keyId);
    if (!verifier) continue;
    if (!verify(null, Buffer.from(text), verifier.publicKey, signature.subarray(4)))
      throw new NoteMalformed(`the signature of ${name} does not fit the text`);
    signedBy.push(verifier);
  }
  return { text, signedBy };
}

/** A control character other than the line break, which no note has. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\0-\x09\x0b-\x1f]/;

/** What a base64 text stands for; nothing for one in another form than the one that it has. */
export function bytesOf(base64: string): Buffer {
  const bytes = Buffer.from(base64, 'base64');
  return bytes.toString('base64') === base64 ? bytes : Buffer.alloc(0);
}

const keyIdOf = (name: string, key: Buffer): string =>
  createHash('sha256').update(`${name}\n`).update(key).digest('hex').slice(0, 8);

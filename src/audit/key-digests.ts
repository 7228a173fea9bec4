import { keyDigest } from './event-hash.js';
import { fourMessages, type FourMessages } from './sha256-by-fours.js';

/** The first words of the digest of a key, as many as its event's id is made of. */
export class KeyDigest {
  // With a sign, so that the engine keeps them in the object itself.
  first = 0;
  second = 0;
  third = 0;
}

/** What fits into one block, with the bit and the length that follow it. */
const MOST_BYTES = 55;

/** Makes the digests of keys: of short ones four at a time, in half the time that a call of the runtime takes for each. */
export class KeyDigests {
  /** Those of which the texts are in the block of four. */
  private readonly begun = Array.from({ length: 4 }, () => new KeyDigest());
  private lanes = 0;
  /** A block, as it is filled. */
  private readonly bytes = new Uint8Array(64);
  private readonly words = new DataView(this.bytes.buffer);

  /** @param four null to make them one by one */
  constructor(private readonly four = fourMessages()) {}

  /** @returns one that is known as soon as `finish` has been called */
  of(mainAccountId: string, idempotencyKey: string): KeyDigest {
    const digest = new KeyDigest();
    if (this.four && this.fill(mainAccountId, idempotencyKey)) this.begin(this.four, digest);
    else read(digest, keyDigest(mainAccountId, idempotencyKey));
    return digest;
  }

  /** Makes those that are not known yet. */
  finish(): void {
    if (!this.four || this.lanes === 0) return;
    const { state } = this.four;
    this.four.begin();
    this.four.compress();
    for (let lane = 0; lane < this.lanes; lane++) {
      const digest = this.begun[lane]!;
      digest.first = state[lane]! | 0;
      digest.second = state[4 + lane]! | 0;
      digest.third = state[8 + lane]! | 0;
    }
    this.lanes = 0;
  }

  /** @returns whether what names the command fits into a block, and is ASCII */
  private fill(mainAccountId: string, idempotencyKey: string): boolean {
    const { bytes } = this;
    const keyAt = mainAccountId.length + 1;
    const end = keyAt + idempotencyKey.length;
    const length = end + '/0'.length;
    if (length > MOST_BYTES) return false;
    bytes.fill(0, length);
    bytes[keyAt - 1] = bytes[end] = SLASH;
    bytes[end + 1] = ZERO;
    bytes[length] = 0x80;
    this.words.setUint32(60, 8 * length);
    return put(mainAccountId, bytes, 0) && put(idempotencyKey, bytes, keyAt);
  }

  private begin({ block }: FourMessages, digest: KeyDigest): void {
    for (let n = 0; n < 16; n++) block[4 * n + this.lanes] = this.words.getUint32(4 * n);
    this.begun[this.lanes] = digest;
    this.lanes += 1;
    if (this.lanes === 4) this.finish();
  }
}

const [SLASH, ZERO] = Buffer.from('/0') as unknown as [number, number];

/** @returns whether each character is one byte */
function put(text: string, bytes: Uint8Array, at: number): boolean {
  let codes = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    codes |= code;
    bytes[at + i] = code;
  }
  return codes < 0x80;
}

function read(digest: KeyDigest, hexadecimal: string): void {
  digest.first = wordAt(hexadecimal, 0);
  digest.second = wordAt(hexadecimal, 8);
  digest.third = wordAt(hexadecimal, 16);
}

const DIGITS = Buffer.from('0123456789abcdef');
/** What each digit stands for, by its code. */
const VALUES = new Uint8Array(128);
for (const [value, code] of DIGITS.entries()) VALUES[code] = value;

/** The number that eight hexadecimal digits make. Digit by digit: to call for it takes three times as long. */
function wordAt(text: string, at: number): number {
  let word = 0;
  for (let i = at; i < at + 8; i++) word = (word << 4) | VALUES[text.charCodeAt(i)]!;
  return word;
}

/** Whether an event id (UUID version 8) is what a key and the event's metadata make. @param metadataHash of the latter */
export function isIdOf(id: string, { first, second, third }: KeyDigest, metadataHash: string): boolean {
  return (
    id.length === 36 &&
    isWritten(first, 8, id, 0) &&
    id.charCodeAt(8) === DASH &&
    isWritten(second >>> 16, 4, id, 9) &&
    id.charCodeAt(13) === DASH &&
    isWritten(0x8000 | (second & 0x0fff), 4, id, 14) &&
    id.charCodeAt(18) === DASH &&
    isWritten(0x8000 | ((third >>> 16) & 0x3fff), 4, id, 19) &&
    id.charCodeAt(23) === DASH &&
    goesOn(id, 24, metadataHash)
  );
}

const DASH = '-'.charCodeAt(0);

function isWritten(number: number, digits: number, text: string, at: number): boolean {
  for (let n = 0; n < digits; n++)
    if (text.charCodeAt(at + n) !== DIGITS[(number >>> (4 * (digits - 1 - n))) & 15]) return false;
  return true;
}

/** Whether the rest of a text is how another begins. */
function goesOn(text: string, from: number, other: string): boolean {
  for (let i = from; i < text.length; i++)
    if (text.charCodeAt(i) !== other.charCodeAt(i - from)) return false;
  return true;
}

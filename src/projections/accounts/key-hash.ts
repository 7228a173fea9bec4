import { hash as digest } from 'node:crypto';

/** The first bits of digests. The last one is remembered: keys that follow each other have texts in common. */
class FirstBits {
  private text = '';
  private bits: number | undefined;

  constructor(private readonly count: number) {}

  /** Cryptographic: to find a text that has the bits of another takes as many tries as there are numbers of so many bits. */
  of(text: string): number {
    if (this.bits === undefined || text !== this.text) {
      this.text = text;
      this.bits = Number.parseInt(digest('sha256', text).slice(0, 6), 16) >> (24 - this.count);
    }
    return this.bits;
  }
}

const nearBits = new FirstBits(18);
const ownBits = new FirstBits(21);

/**
 * The number by which a key is found, of 53 bits: 18 say what the key begins with, whichever account it is of; then come
 * its last two characters as they are; and 21 bits tell apart what has the same, by account and key. So running numbers
 * lie side by side, a hundred on a page or two instead of a page each, in one account or in many.
 */
export function keyHash(mainAccountId: string, idempotencyKey: string): number {
  const rest = idempotencyKey.slice(0, -2);
  const near = nearBits.of(isTimeOrdered(idempotencyKey) ? idempotencyKey.slice(0, QUARTER_SECOND) : rest);
  // No id holds a slash, and keys are visible ASCII.
  const own = ownBits.of(`${mainAccountId}/${rest}`);
  return (near * 2 ** 14 + fromEnd(2, idempotencyKey) * 2 ** 7 + fromEnd(1, idempotencyKey)) * 2 ** 21 + own;
}

/** 7 bits; 0 where the text is shorter. */
const fromEnd = (at: number, text: string): number => text.charCodeAt(text.length - at) & 127;

/** Characters of a UUID of version 7 that all those of 256 ms begin with. */
const QUARTER_SECOND = 11;

/** Whether it has the form of a UUID of version 7: what it ends with is random. */
const isTimeOrdered = (key: string): boolean => key.length === 36 && key[8] === '-' && key[14] === '7';

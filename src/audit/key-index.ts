import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** 8 MiB. */
const CAPACITY = 1 << 20;
const BUCKETS = 256;

/** What is kept of a digest, which is a text in hexadecimal. */
export const digestStart = (digest: string): bigint => BigInt(`0x${digest.slice(0, 16)}`);

/** The number that eight hexadecimal digits of a text make. Digit by digit: to call for it takes three times as long. */
export function wordAt(text: string, at: number): number {
  let word = 0;
  for (let i = at; i < at + 8; i++) word = (word << 4) | DIGITS[text.charCodeAt(i)]!;
  return word;
}

/** What each digit stands for, by its code. */
const DIGITS = new Uint8Array(128);
for (let digit = 0; digit < 16; digit++) DIGITS[digit.toString(16).charCodeAt(0)] = digit;

/**
 * Finds keys that occur twice among any number of events, in a fixed amount of memory: 8 bytes of each
 * key's digest are sorted, in memory while they fit and in 256 temporary files when they do not.
 * Two keys may share 8 bytes by chance, so what it finds are suspects, to be looked at in a second pass.
 */
export class KeyIndex {
  private readonly held: BigUint64Array;
  /** The same memory, the lower half of each first: a bigint for each digest would take as long as the digest. */
  private readonly words: Uint32Array;
  private count = 0;
  private directory: string | undefined;

  /** @param capacity digests held in memory before they go to disk */
  constructor(private readonly capacity = CAPACITY) {
    this.held = new BigUint64Array(capacity);
    this.words = new Uint32Array(this.held.buffer);
  }

  /** @param digest in hexadecimal */
  add(digest: string): void {
    this.addWords(wordAt(digest, 0), wordAt(digest, 8));
  }

  /** The same of the first two words of a digest. */
  addWords(first: number, second: number): void {
    if (this.count === this.capacity) this.spill();
    this.words[2 * this.count] = second;
    this.words[2 * this.count + 1] = first;
    this.count += 1;
  }

  /** The start of every digest that was added more than once. */
  suspects(): ReadonlySet<bigint> {
    const found = new Set<bigint>();
    if (!this.directory) collectRepeated(this.held.subarray(0, this.count), found);
    else {
      this.spill();
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        const file = join(this.directory, String(bucket));
        if (!existsSync(file)) continue;
        const bytes = readFileSync(file);
        collectRepeated(new BigUint64Array(new Uint8Array(bytes).buffer), found);
      }
    }
    return found;
  }

  close(): void {
    if (this.directory) rmSync(this.directory, { recursive: true, force: true });
  }

  private spill(): void {
    this.directory ??= mkdtempSync(join(tmpdir(), 'credit-ledger-verify-'));
    const sorted = this.held.subarray(0, this.count);
    sortInPlace(sorted);
    let from = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const end = firstAtLeast(sorted, BigInt(bucket + 1) << 56n);
      if (end > from)
        appendFileSync(join(this.directory, String(bucket)), bytesOf(sorted.subarray(from, end)));
      from = end;
    }
    this.count = 0;
  }
}

/** A typed array is sorted where it is: a sorted copy would double the memory. */
function sortInPlace(digests: BigUint64Array): void {
  // oxlint-disable-next-line unicorn/no-array-sort
  digests.sort();
}

const bytesOf = ({ buffer, byteOffset, byteLength }: BigUint64Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

function collectRepeated(digests: BigUint64Array, found: Set<bigint>): void {
  sortInPlace(digests);
  for (let i = 1; i < digests.length; i++) {
    const digest = digests[i];
    if (digest !== undefined && digest === digests[i - 1]) found.add(digest);
  }
}

/** Index of the first of the sorted digests that is not below the bound. */
function firstAtLeast(sorted: BigUint64Array, bound: bigint): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0n) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

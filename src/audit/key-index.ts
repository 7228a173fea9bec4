import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyDigest } from './key-digests.js';

/** 16 MiB. */
const CAPACITY = 1 << 20;
/** A bucket for each of the first bits of a digest. */
const BUCKET_BITS = 8;
const BUCKETS = 2 ** BUCKET_BITS;
const bucketOf = (first: number): number => first >>> (32 - BUCKET_BITS);

/** What is kept of a digest. */
type DigestStart = Pick<KeyDigest, 'first' | 'second'>;

/** The same of a digest in hexadecimal, as one number. */
export const digestStart = (digest: string): bigint => BigInt(`0x${digest.slice(0, 16)}`);

/**
 * Finds keys that occur twice among any number of events, in a fixed amount of memory: 8 bytes of each
 * key's digest are looked up in a table, in memory while they fit and in 256 temporary files when they do not.
 * Two keys may share 8 bytes by chance, so what it finds are suspects, to be looked at in a second pass.
 */
export class KeyIndex {
  private readonly repeated = new Set<bigint>();
  private readonly held: DigestTable;
  private directory: string | undefined;

  /** @param capacity digests held in memory before they go to disk */
  constructor(private readonly capacity = CAPACITY) {
    this.held = new DigestTable(capacity);
  }

  add(digest: DigestStart): void {
    if (this.held.count === this.capacity) this.spill();
    this.addTo(this.held, digest);
  }

  /** The start of every digest that was added more than once. */
  suspects(): ReadonlySet<bigint> {
    if (this.directory) {
      this.spill();
      for (let bucket = 0; bucket < BUCKETS; bucket++) this.lookThrough(this.file(bucket));
    }
    return this.repeated;
  }

  close(): void {
    if (this.directory) rmSync(this.directory, { recursive: true, force: true });
  }

  private addTo(table: DigestTable, { first, second }: DigestStart): void {
    if (!table.add(first, second)) this.repeated.add((BigInt(first >>> 0) << 32n) | BigInt(second >>> 0));
  }

  private spill(): void {
    let [bucket, words]: [number, number[]] = [0, []];
    // They come nearly in the order of their buckets.
    for (const { first, second } of this.held) {
      if (bucketOf(first) !== bucket) {
        this.append(bucket, words);
        [bucket, words] = [bucketOf(first), []];
      }
      words.push(first, second);
    }
    this.append(bucket, words);
    this.held.clear();
  }

  private append(bucket: number, words: readonly number[]): void {
    if (words.length > 0) appendFileSync(this.file(bucket), new Uint8Array(Int32Array.from(words).buffer));
  }

  private file(bucket: number): string {
    this.directory ??= mkdtempSync(join(tmpdir(), 'credit-ledger-verify-'));
    return join(this.directory, String(bucket));
  }

  private lookThrough(file: string): void {
    if (!existsSync(file)) return;
    const words = new Int32Array(new Uint8Array(readFileSync(file)).buffer);
    const table = new DigestTable(words.length / 2, BUCKET_BITS);
    for (let n = 0; n < words.length; n += 2) this.addTo(table, { first: words[n]!, second: words[n + 1]! });
  }
}

/** Digests, each in the place that its first bits tell, or in the first free one behind that. */
class DigestTable implements Iterable<DigestStart> {
  count = 0;
  /**
   * Both words of each; where there is none, both are 0: a digest that begins so is not kept, but nobody has a key for it.
   * Half of it stays empty, so that a free place is near.
   */
  private readonly words: Int32Array;
  private readonly shift: number;

  /**
   * @param capacity digests that it has room for
   * @param same first bits that all of them have
   */
  constructor(
    capacity: number,
    private readonly same = 0,
  ) {
    const bits = 1 + Math.ceil(Math.log2(Math.max(1, capacity)));
    this.words = new Int32Array(2 * 2 ** bits);
    this.shift = 32 - bits;
  }

  /** @returns false where it is there already */
  add(first: number, second: number): boolean {
    const { words } = this;
    let at = 2 * ((first << this.same) >>> this.shift);
    for (; words[at] !== 0 || words[at + 1] !== 0; at = (at + 2) & (words.length - 1))
      if (words[at] === first && words[at + 1] === second) return false;
    words[at] = first;
    words[at + 1] = second;
    this.count += 1;
    return true;
  }

  clear(): void {
    this.words.fill(0);
    this.count = 0;
  }

  *[Symbol.iterator](): Generator<DigestStart, undefined> {
    const { words } = this;
    for (let at = 0; at < words.length; at += 2)
      if (words[at] !== 0 || words[at + 1] !== 0) yield { first: words[at]!, second: words[at + 1]! };
  }
}

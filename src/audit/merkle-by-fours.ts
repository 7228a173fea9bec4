import { eventLeaf, HASH_BYTES, rootOver, slices, type Hash } from './merkle.js';
import { fourMessages, FourMessages } from './sha256-by-fours.js';

const HASH_WORDS = 8;

/** Hashes of the tree, of what lies side by side. */
export interface Subtrees {
  /** The leaves of events. @param hashes that they bear */
  leaves(hashes: Buffer): Buffer;
  /** The root of a complete subtree: over a power of two. */
  ofEvents(hashes: Buffer): Hash;
  /** The same over leaves, or over nodes of one level. */
  ofNodes(hashes: Buffer): Hash;
}

/** One hash after the other, as the runtime offers it. */
export const oneByOne: Subtrees = {
  leaves: (hashes) => Buffer.concat(leavesOf(hashes)),
  ofEvents: (hashes) => rootOver(leavesOf(hashes)),
  ofNodes: (hashes) => rootOver(slices(hashes, HASH_BYTES)),
};

const leavesOf = (hashes: Buffer): Hash[] =>
  slices(hashes, HASH_BYTES).map((hash) => eventLeaf(hash.toString('hex')));

/** Four at a time; between two calls it keeps the room that the largest subtree took. */
export class ByFours implements Subtrees {
  /** What is left of each message when its words have gone into the block: its prefix is a byte, so all stand a byte later. */
  private readonly carried = new Uint32Array(4);
  private room = new Uint32Array(0);

  constructor(private readonly four = new FourMessages()) {}

  leaves(hashes: Buffer): Buffer {
    return Buffer.copyBytesFrom(this.leafWords(hashes)).swap32();
  }

  ofEvents(hashes: Buffer): Hash {
    return this.rootOver(this.leafWords(hashes));
  }

  ofNodes(hashes: Buffer): Hash {
    return this.rootOver(this.wordsOf(hashes));
  }

  private leafWords(hashes: Buffer): Uint32Array {
    const words = this.wordsOf(hashes);
    this.hashAll(words, words.length / HASH_WORDS, HASH_WORDS);
    return words;
  }

  /** A copy, each word in the order of this machine, of which the smaller end comes first. */
  private wordsOf(hashes: Buffer): Uint32Array {
    const count = hashes.length / 4;
    if (this.room.length < count) this.room = new Uint32Array(count);
    const words = this.room.subarray(0, count);
    const bytes = Buffer.from(words.buffer, 0, hashes.length);
    bytes.set(hashes);
    bytes.swap32();
    return words;
  }

  /** Nodes are written over those below them. */
  private rootOver(words: Uint32Array): Hash {
    for (let nodes = words.length / HASH_WORDS / 2; nodes >= 1; nodes /= 2)
      this.hashAll(words, nodes, 2 * HASH_WORDS);
    return Buffer.copyBytesFrom(words, 0, HASH_WORDS).swap32();
  }

  /**
   * Puts hashes in the place of what they are made of: leaves in that of one event's hash, nodes in that of two.
   * @param length of a message without its prefix, in words
   */
  private hashAll(words: Uint32Array, messages: number, length: number): void {
    const { four } = this;
    for (let first = 0; first < messages; first += 4) {
      const lanes = Math.min(4, messages - first);
      four.begin();
      for (let lane = 0; lane < lanes; lane++) this.fill(lane, words, (first + lane) * length, length);
      if (length === 16) four.compress();
      this.pad(length);
      four.compress();
      for (let lane = 0; lane < lanes; lane++) this.take(lane, words, (first + lane) * HASH_WORDS);
    }
  }

  /** RFC 6962: a leaf begins with the byte 0, a node with 1. */
  private fill(lane: number, words: Uint32Array, at: number, length: number): void {
    const { block } = this.four;
    let carried = length === HASH_WORDS ? 0 : 0x01_00_00_00;
    for (let n = 0; n < length; n++) {
      const word = words[at + n]!;
      block[4 * n + lane] = carried | (word >>> 8);
      carried = word << 24;
    }
    this.carried[lane] = carried;
  }

  /** Behind the message a bit, and its length in bits at the end of the block. */
  private pad(length: number): void {
    const { carried, four } = this;
    const at = 4 * (length % 16);
    for (let lane = 0; lane < 4; lane++) four.block[at + lane] = carried[lane]! | 0x80_00_00;
    four.block.fill(0, at + 4, 4 * 15);
    four.block.fill(8 + 32 * length, 4 * 15, 4 * 16);
  }

  private take(lane: number, words: Uint32Array, at: number): void {
    const { state } = this.four;
    for (let n = 0; n < HASH_WORDS; n++) words[at + n] = state[4 * n + lane]!;
  }
}

const four = fourMessages();

/** By fours, where the processor can. */
export const subtrees: Subtrees = four ? new ByFours(four) : oneByOne;

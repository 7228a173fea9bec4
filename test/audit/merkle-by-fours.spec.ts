import { hash, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { array, assert, property, uint8Array } from 'fast-check';
import { ByFours, oneByOne, subtrees } from '../../src/audit/merkle-by-fours.js';
import { FourMessages } from '../../src/audit/sha256-by-fours.js';

/** What a message is hashed as: a bit behind it, its length at the end, in blocks of 64 bytes. */
function padded(message: Uint8Array): Buffer {
  const bytes = Buffer.alloc(64 * Math.ceil((message.length + 9) / 64));
  bytes.set(message);
  bytes[message.length] = 0x80;
  bytes.writeUInt32BE(8 * message.length, bytes.length - 4);
  return bytes;
}

describe('SHA-256 of four messages at a time', () => {
  const four = new FourMessages();

  it('is that of each', () => {
    const message = uint8Array({ minLength: 120, maxLength: 180 });
    assert(
      property(array(message, { minLength: 4, maxLength: 4 }), (messages) => {
        // Of as many blocks each.
        const blocks = messages.map(padded);
        four.begin();
        for (let at = 0; at < blocks[0]!.length; at += 4) {
          for (const [m, bytes] of blocks.entries()) four.block[(at % 64) + m] = bytes.readUInt32BE(at);
          if (at % 64 === 60) four.compress();
        }
        for (const [m, bytes] of messages.entries()) {
          const words = Array.from({ length: 8 }, (_, n) => four.state[4 * n + m]!);
          expect(words.map((word) => word.toString(16).padStart(8, '0')).join('')).toBe(
            hash('sha256', bytes),
          );
        }
      }),
    );
  });
});

describe('leaves', () => {
  it.each([1, 3, 4, 5, 255])('are those of hashing one by one: %i', (count) => {
    const hashes = randomBytes(32 * count);
    const before = Buffer.from(hashes);
    const fours = new ByFours();
    for (let again = 0; again < 2; again++) expect(fours.leaves(hashes)).toEqual(oneByOne.leaves(hashes));
    expect(hashes).toEqual(before);
  });
});

describe('the root of a complete subtree', () => {
  it.each([1, 2, 4, 8, 16, 256])('is that of hashing one by one: %i', (count) => {
    const hashes = randomBytes(32 * count);
    const before = Buffer.from(hashes);
    for (let again = 0; again < 2; again++) {
      expect(new ByFours().ofEvents(hashes)).toEqual(oneByOne.ofEvents(hashes));
      expect(new ByFours().ofNodes(hashes)).toEqual(oneByOne.ofNodes(hashes));
    }
    expect(hashes).toEqual(before);
  });

  it('is hashed by fours here', () => expect(subtrees).toBeInstanceOf(ByFours));
});

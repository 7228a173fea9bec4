import { describe, expect, it } from '@jest/globals';
import { array, assert, asyncProperty, constantFrom, string } from 'fast-check';
import { blocksOf } from '../../src/api/bulk/blocks.js';
import { MAX_BYTES, MAX_LINES } from '../../src/api/bulk/limits.js';
import { linesOf, type Line } from '../../src/api/bulk/lines.js';

const MAX = 4;

async function linesIn(pieces: Iterable<Buffer>, maxBytes = MAX): Promise<Line[]> {
  async function* body() {
    yield* pieces;
  }
  const lines: Line[] = [];
  for await (const some of linesOf(body(), maxBytes)) lines.push(...some);
  return lines;
}

describe('the lines of a body', () => {
  it('are the same in whatever pieces it comes', async () => {
    const piece = string({ unit: constantFrom('a', 'b', '\n'), maxLength: MAX + 2 });
    await assert(
      asyncProperty(array(piece, { maxLength: 8 }), async (pieces) => {
        const lines = pieces.join('').split('\n');
        if (lines.at(-1) === '') lines.pop();
        const expected = lines.map((line) => (line.length > MAX ? undefined : line));
        const read = await linesIn(pieces.map((text) => Buffer.from(text)));
        expect(read.map((line) => line?.toString())).toEqual(expected);
      }),
    );
  });

  it('are not kept when they are too long, also where one does not end', async () => {
    const piece = Buffer.alloc(1 << 20, 'x');
    let kept = 0;
    function* endless() {
      const before = process.memoryUsage().arrayBuffers;
      for (let i = 0; i < 64; i++) yield piece;
      kept = process.memoryUsage().arrayBuffers - before;
    }
    expect(await linesIn(endless())).toEqual([undefined]);
    expect(kept).toBeLessThan(8 * piece.length);
  });

  it('fill the room of a request by themselves: what ends them takes none of it', async () => {
    const bytes = Math.floor(MAX_BYTES / MAX_LINES);
    async function* body() {
      yield Buffer.from(`${'x'.repeat(bytes)}\n`.repeat(MAX_LINES));
      yield Buffer.from('beyond');
    }
    let read = 0;
    const blocks = async () => {
      for await (const { lines } of blocksOf(body(), MAX_LINES)) read += lines.length;
    };
    await expect(blocks()).rejects.toMatchObject({ line: MAX_LINES + 1 });
    expect(read).toBe(MAX_LINES);
  });

  it('end with the room of a request, also where one does not', async () => {
    let sent = 0;
    async function* body() {
      yield Buffer.from('first\nsecond');
      for (; sent < 2 * MAX_BYTES; sent += 1 << 20) yield Buffer.alloc(1 << 20, 'x');
    }
    const read: number[] = [];
    const blocks = async () => {
      for await (const { first } of blocksOf(body(), MAX_LINES)) read.push(first);
    };
    await expect(blocks()).rejects.toMatchObject({
      line: 2,
      message: expect.stringContaining(`${MAX_BYTES} bytes`),
    });
    expect(read).toEqual([1]);
    expect(sent).toBeLessThan(MAX_BYTES + (2 << 20));
  });
});

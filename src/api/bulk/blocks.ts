import { PayloadTooLargeException } from '@nestjs/common';
import { MAX_BLOCK_LINES, MAX_BYTES, MAX_LINE_BYTES, MAX_LINES } from './limits.js';
import { linesOf, type Line } from './lines.js';

/** Lines that came in together. */
export interface Block {
  /** Number of the first of them, from 1. */
  readonly first: number;
  readonly lines: readonly Line[];
}

/** The body is longer than it may be. What is before the line has been read, it and what follows has not. */
export class BodyTooLong extends PayloadTooLargeException {
  constructor(
    readonly line: number,
    limit: string,
  ) {
    super(`A request has at most ${limit}: this line and what follows it was not read`);
  }
}

/** Cuts a body into blocks of lines. @throws BodyTooLong after the last line that is within the limits */
export async function* blocksOf(body: AsyncIterable<Buffer>, maxLines: number): AsyncGenerator<Block> {
  let first = 1;
  let bytes = 0;
  // Of lines that are too long only a part is counted below, and of one that does not end nothing.
  const ending = until(body, MAX_BYTES + MAX_LINES, () => new BodyTooLong(first, `${MAX_BYTES} bytes`));
  for await (const arrived of linesOf(ending, MAX_LINE_BYTES))
    for (let from = 0; from < arrived.length; from += MAX_BLOCK_LINES) {
      const lines = arrived.slice(from, from + MAX_BLOCK_LINES);
      const room = maxLines + 1 - first;
      const end = lines.findIndex(
        (line, at) => at >= room || (bytes += line?.length ?? MAX_LINE_BYTES) > MAX_BYTES,
      );
      yield { first, lines: end < 0 ? lines : lines.slice(0, end) };
      if (end >= 0)
        throw new BodyTooLong(first + end, end >= room ? `${maxLines} lines` : `${MAX_BYTES} bytes`);
      first += lines.length;
    }
}

/** @throws what it is told to, once the body has had more than so many bytes */
async function* until(
  body: AsyncIterable<Buffer>,
  maxBytes: number,
  tooLong: () => Error,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of body) {
    yield chunk;
    if ((bytes += chunk.length) > maxBytes) throw tooLong();
  }
}

import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { FIRST_LINE, NoBundle } from './bundle.js';

/** Longer than any line of an event can be. */
const MAX_LINE = 8 * 1024 * 1024;

/** How every compressed file begins. */
const GZIP = Buffer.of(0x1f, 0x8b);

/** What zlib says of a file that ends too early. */
const CUT_SHORT = 'Z_BUF_ERROR';

/**
 * The lines of a bundle behind its first one, in constant memory.
 * @param onRead told how many more bytes of the file have been read
 * @param problems takes what is wrong with a file that ends otherwise than it should
 * @throws NoBundle when the file is of another kind
 */
export async function* bundleLines(
  name: string,
  onRead: (bytes: number) => void,
  problems: string[],
): AsyncGenerator<string, void> {
  const file = createReadStream(name, { highWaterMark: 1 << 18 });
  let isCompressed = true;
  file.once('data', (chunk) => (isCompressed = GZIP.equals(Buffer.from(chunk).subarray(0, 2))));
  file.on('data', (chunk) => onRead(chunk.length));
  // The callback: an error of either stream ends the reading of the second, below.
  const text = pipeline(file, createGunzip(), () => undefined).setEncoding('utf8') as AsyncIterable<string>;
  let rest = '';
  let first = true;
  try {
    for await (const chunk of text) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > MAX_LINE) throw new NoBundle(`${name} has a line that is too long for a bundle`);
      for (const line of lines) {
        if (first && line !== FIRST_LINE)
          throw new NoBundle(`${name} is no audit bundle that this release can read`);
        if (!first) yield line;
        first = false;
      }
    }
  } catch (error) {
    const code = zlibCode(error);
    if (code === undefined) throw error;
    if (!isCompressed) throw new NoBundle(`${name} is no audit bundle`);
    problems.push(code === CUT_SHORT ? 'the file is cut short' : 'the compressed file is damaged');
  }
  if (rest !== '') problems.push('the last line is cut short');
}

function zlibCode(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return code.startsWith('Z_') ? code : undefined;
}

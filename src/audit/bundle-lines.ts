import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { FIRST_LINE, MAX_LINE, NoBundle } from './bundle.js';

const LINE_FEED = 10;

/** How every compressed file begins. */
const GZIP = Buffer.of(0x1f, 0x8b);

/** What zlib says of a file that ends too early. */
const CUT_SHORT = 'Z_BUF_ERROR';

/**
 * The lines of a bundle behind its first one, some at a time, in constant memory.
 * @param onRead told how many more bytes of the file have been read
 * @param problems takes what is wrong with a file that ends otherwise than it should, or is not UTF-8
 * @throws NoBundle when the file is of another kind
 */
export async function* bundleLines(
  name: string,
  onRead: (bytes: number) => void,
  problems: string[],
): AsyncGenerator<readonly string[], void> {
  const file = createReadStream(name, { highWaterMark: 1 << 18 });
  let isCompressed = false;
  file.once('data', (chunk) => (isCompressed = GZIP.equals(Buffer.from(chunk).subarray(0, 2))));
  file.on('data', (chunk) => onRead(chunk.length));
  // The callback: an error of either stream ends the reading of the second, below.
  const chunks = pipeline(file, createGunzip(), () => undefined) as AsyncIterable<Buffer>;
  /** What has been read of the line that has not ended, and its length. */
  let rest: Buffer[] = [];
  let length = 0;
  let first = true;
  let garbled: string | undefined;
  try {
    for await (const chunk of chunks) {
      const end = chunk.lastIndexOf(LINE_FEED);
      length += end < 0 ? chunk.length : chunk.indexOf(LINE_FEED);
      if (length > MAX_LINE) throw new NoBundle(`${name} has a line that is too long for a bundle`);
      if (end < 0) rest.push(chunk);
      else {
        const bytes = Buffer.concat([...rest, chunk.subarray(0, end)]);
        rest = [chunk.subarray(end + 1)];
        length = chunk.length - end - 1;
        const lines = bytes.toString().split('\n');
        if (first && lines.shift() !== FIRST_LINE)
          throw new NoBundle(`${name} is no audit bundle that this release can read`);
        first = false;
        if (!isUtf8(bytes)) garbled ??= lines.find((line) => !bytes.includes(line)) ?? '';
        yield lines;
      }
    }
    if (first) throw new NoBundle(`${name} is no audit bundle`);
  } catch (error) {
    const code = zlibCode(error);
    if (code === undefined) throw error;
    if (!isCompressed) throw new NoBundle(`${name} is no audit bundle`);
    problems.push(code === CUT_SHORT ? 'the file is cut short' : 'the compressed file is damaged');
  }
  if (length > 0) problems.push('the last line is cut short');
  if (garbled !== undefined) problems.push(`a line is not UTF-8: ${garbled.slice(0, 60)}`);
}

function zlibCode(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return code.startsWith('Z_') ? code : undefined;
}

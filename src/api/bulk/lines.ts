const NEWLINE = 0x0a;
const NOTHING: Buffer = Buffer.alloc(0);

/** A line of a body; undefined for one that is too long, of which nothing is kept. */
export type Line = Buffer | undefined;

/**
 * Cuts a body into lines, as many at a time as came in together. A line ends with a newline or with the body.
 * What is read is as much as is asked for, so a slow consumer slows the sender down.
 * @throws what the body throws, such as when the client has gone: then the line that was cut off is not given
 */
export async function* linesOf(
  body: AsyncIterable<Buffer>,
  maxBytes: number,
): AsyncGenerator<readonly Line[]> {
  let begun = NOTHING;
  const add = (piece: Buffer): void => {
    if (begun.length <= maxBytes) begun = begun.length === 0 ? piece : Buffer.concat([begun, piece]);
  };
  const finish = (): Line => {
    const line = begun;
    begun = NOTHING;
    return line.length <= maxBytes ? line : undefined;
  };
  for await (const chunk of body) {
    const lines: Line[] = [];
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      add(chunk.subarray(from, end));
      lines.push(finish());
      from = end + 1;
    }
    add(chunk.subarray(from));
    if (lines.length > 0) yield lines;
  }
  if (begun.length > 0) yield [finish()];
}

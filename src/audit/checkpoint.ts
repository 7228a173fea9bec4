import { HASH_BYTES, type TreeSize } from './merkle.js';
import { bytesOf, NoteMalformed, noteVerifier, openNote } from './signed-note.js';

/** A tree head as it is signed (C2SP tlog-checkpoint): which log, how many events, and their root. */
export interface TreeHead extends TreeSize {
  /** Names the log: the same through all key rotations. */
  readonly origin: string;
}

export const treeHeadText = ({ origin, size, root }: TreeHead): string =>
  `${origin}\n${size}\n${root.toString('base64')}\n`;

/** @throws NoteMalformed */
export function parseTreeHead(text: string): TreeHead {
  const lines = text.split('\n').slice(0, -1);
  const [origin = '', size = '', root = ''] = lines;
  const hash = bytesOf(root);
  if (lines.includes('') || !/^(0|[1-9][0-9]{0,14})$/.test(size) || hash.length !== HASH_BYTES)
    throw new NoteMalformed(
      'a checkpoint begins with an origin, a size and a root hash, a line each, and has no empty line',
    );
  return { origin, size: Number(size), root: hash };
}

/**
 * Reads a checkpoint.
 * @param keys verifier keys of which one must have signed it; when there are none, no signature is looked at
 * @throws NoteMalformed
 */
export function readCheckpoint(note: string, keys: readonly string[]): TreeHead {
  const { text, signedBy } = openNote(note, keys.map(noteVerifier));
  if (keys.length > 0 && signedBy.length === 0)
    throw new NoteMalformed('it is not signed with a key that was given');
  return parseTreeHead(text);
}

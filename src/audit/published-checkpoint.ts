import { readIfThere } from '../files/small-file.js';
import { readCheckpoint, type TreeHead } from './checkpoint.js';
import type { Hash } from './merkle.js';

/** What the ledger signed last. @throws Error that names the file and says what to do */
export function readPublished(file: string): TreeHead | undefined {
  const note = readIfThere(file);
  if (note === undefined) return undefined;
  try {
    return readCheckpoint(note, []);
  } catch (error) {
    throw new Error(`${file} is no checkpoint: restore it from a backup, or remove it if it is lost`, {
      cause: error,
    });
  }
}

/**
 * Why the ledger must not sign a log, in words: it is not the one that it signed for before.
 * @param rootAt the root that the log had at a size that it has reached
 */
export function brokenPromise(
  known: TreeHead,
  size: number,
  rootAt: (size: number) => Hash,
): string | undefined {
  if (known.size > size)
    return `The log has ${size} events, fewer than the ${known.size} that were signed for${ON_PURPOSE}`;
  if (!rootAt(known.size).equals(known.root))
    return `The first ${known.size} events are not those that were signed for${ON_PURPOSE}`;
  return undefined;
}

const ON_PURPOSE = '; if it was restored on purpose, remove checkpoint.txt from the data directory';

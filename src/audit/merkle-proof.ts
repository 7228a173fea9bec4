import { EMPTY_ROOT, nodeHash, type Hash, type TreeSize } from './merkle.js';

/** Reads the root of a complete subtree: 2^level leaves, the index-th of that size. */
export type NodeReader = (level: number, index: number) => Hash;

/** The root that the tree had at a size. */
export const rootAt = (size: number, read: NodeReader): Hash =>
  size === 0 ? EMPTY_ROOT : rangeHash(0, size, read);

/** The hashes that, with a leaf, make the root: nearest first (RFC 6962 §2.1.1). */
export function inclusionProof(leaf: number, size: number, read: NodeReader): Hash[] {
  const path = (begin: number, end: number): Hash[] => {
    if (end - begin === 1) return [];
    const middle = begin + leftSize(end - begin);
    return leaf < middle
      ? [...path(begin, middle), rangeHash(middle, end, read)]
      : [...path(middle, end), rangeHash(begin, middle, read)];
  };
  if (leaf < 0 || leaf >= size) throw new RangeError(`a tree of ${size} leaves has no leaf ${leaf}`);
  return path(0, size);
}

/** The hashes that make both the root of an older, smaller tree and that of a later one (RFC 6962 §2.1.2). */
export function consistencyProof(older: number, size: number, read: NodeReader): Hash[] {
  const path = (begin: number, end: number, whole: boolean): Hash[] => {
    if (older === end) return whole ? [] : [rangeHash(begin, end, read)];
    const middle = begin + leftSize(end - begin);
    return older <= middle
      ? [...path(begin, middle, whole), rangeHash(middle, end, read)]
      : [...path(middle, end, false), rangeHash(begin, middle, read)];
  };
  if (older < 1 || older > size)
    throw new RangeError(`no tree of ${older} leaves came before one of ${size}`);
  return path(0, size, true);
}

/** True when the proof shows that the leaf is in the tree of that size and root. */
export function provesInclusion(
  leaf: Hash,
  index: number,
  size: number,
  proof: readonly Hash[],
  root: Hash,
): boolean {
  const up = (at: number, leaves: number, depth: number): Hash | undefined => {
    if (leaves === 1) return depth === 0 ? leaf : undefined;
    const sibling = proof[depth - 1];
    if (!sibling) return undefined;
    const left = leftSize(leaves);
    if (at < left) {
      const below = up(at, left, depth - 1);
      return below && nodeHash(below, sibling);
    }
    const below = up(at - left, leaves - left, depth - 1);
    return below && nodeHash(sibling, below);
  };
  return index >= 0 && index < size && (up(index, size, proof.length)?.equals(root) ?? false);
}

/** True when the proof shows that the later tree begins with all leaves of the older one. */
export function provesConsistency(older: TreeSize, later: TreeSize, proof: readonly Hash[]): boolean {
  const rest = [...proof];
  const up = (begin: number, end: number, whole: boolean): [Hash, Hash] | undefined => {
    if (older.size === end) {
      const same = whole ? older.root : rest.shift();
      return same && [same, same];
    }
    const middle = begin + leftSize(end - begin);
    const below = older.size <= middle ? up(begin, middle, whole) : up(middle, end, false);
    const sibling = rest.shift();
    if (!below || !sibling) return undefined;
    const [before, after] = below;
    return older.size <= middle
      ? [before, nodeHash(after, sibling)]
      : [nodeHash(sibling, before), nodeHash(sibling, after)];
  };
  if (older.size < 1 || older.size > later.size) return false;
  const roots = up(0, later.size, true);
  return (
    roots !== undefined && rest.length === 0 && roots[0].equals(older.root) && roots[1].equals(later.root)
  );
}

/** Leaves in the left subtree: the largest power of two below the number. */
function leftSize(leaves: number): number {
  let size = 1;
  while (size * 2 < leaves) size *= 2;
  return size;
}

/** The root over the leaves from begin to end (exclusive), where a complete subtree starts at begin. */
function rangeHash(begin: number, end: number, read: NodeReader): Hash {
  const size = end - begin;
  const level = Math.round(Math.log2(size));
  if (2 ** level === size) return read(level, begin / size);
  const middle = begin + leftSize(size);
  return nodeHash(rangeHash(begin, middle, read), rangeHash(middle, end, read));
}

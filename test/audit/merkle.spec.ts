import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { assert, integer, nat, property } from 'fast-check';
import { Findings } from '../../src/audit/findings.js';
import { LogAudit } from '../../src/audit/log-audit.js';
import {
  CompactTree,
  EMPTY_ROOT,
  eventLeaf,
  nodeHash,
  rootOver,
  type Hash,
  type TreeSize,
} from '../../src/audit/merkle.js';
import {
  consistencyProof,
  inclusionProof,
  provesConsistency,
  provesInclusion,
  rootAt,
  type NodeReader,
} from '../../src/audit/merkle-proof.js';

/** Entries and roots that implementations of RFC 6962 have been tested with from the start. */
const ENTRIES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

/** The definitions of RFC 6962 §2.1, word for word. */
const leafHash = (entry: Uint8Array): Hash =>
  createHash('sha256')
    .update(Buffer.concat([Buffer.of(0), entry]))
    .digest();
function definition(entries: readonly Hash[]): Hash {
  const [only] = entries;
  if (entries.length === 1 && only) return only;
  let split = 1;
  while (split * 2 < entries.length) split *= 2;
  return nodeHash(definition(entries.slice(0, split)), definition(entries.slice(split)));
}

const leaves = (count: number) =>
  Array.from({ length: count }, (_, i) => leafHash(Buffer.from(`entry ${i}`)));

/** Reads the nodes of the tree over these leaves. */
const nodesOf =
  (entries: readonly Hash[]): NodeReader =>
  (level, index) =>
    definition(entries.slice(index * 2 ** level, (index + 1) * 2 ** level));

describe('the Merkle tree', () => {
  it('has the roots that other implementations have', () => {
    const entries = ENTRIES.map((entry) => leafHash(Buffer.from(entry, 'hex')));
    const roots = ROOTS.map((_, size) => rootOver(entries.slice(0, size)).toString('hex'));
    expect(roots).toEqual(ROOTS);
  });

  it('has the hash of an event as a leaf', () => {
    const hash = createHash('sha256').update('event').digest();
    expect(eventLeaf(hash.toString('hex'))).toEqual(leafHash(hash));
  });

  it('has the root of the definition at every size, from its stored nodes too', () => {
    const entries = leaves(70);
    const tree = new CompactTree();
    expect(rootAt(0, nodesOf(entries))).toEqual(EMPTY_ROOT);
    for (const [at, leaf] of entries.entries()) {
      tree.append(leaf);
      expect(tree.root()).toEqual(definition(entries.slice(0, at + 1)));
      expect(rootAt(at + 1, nodesOf(entries))).toEqual(tree.root());
    }
  });

  it('has the same roots when it grows by many events at a time', () => {
    const hashes = Array.from({ length: 200 }, (_, i) => createHash('sha256').update(`event ${i}`).digest());
    const entries = hashes.map(leafHash);
    const roots = [3, 64, 127, 200].map((size) => ({ size, root: definition(entries.slice(0, size)) }));
    const grow = (checkpoints: readonly TreeSize[]) => {
      const findings = new Findings();
      const log = new LogAudit(findings, checkpoints);
      for (let [at, step] = [0, 1]; at < entries.length; at += step, step = (step * 5) % 37)
        log.append(Buffer.concat(hashes.slice(at, at + step)));
      expect(log.tree).toEqual(roots.at(-1));
      return findings.list.map(({ check }) => check);
    };
    expect(grow(roots)).toEqual([]);
    // Each is come to, however large the step.
    expect(grow(roots.map(({ size }) => ({ size, root: EMPTY_ROOT })))).toEqual(
      roots.map(() => 'checkpoint'),
    );
  });

  it('proves each leaf in each size, and no other leaf', () => {
    const entries = leaves(33);
    const read = nodesOf(entries);
    for (let size = 1; size <= entries.length; size++)
      for (let index = 0; index < size; index++) {
        const proof = inclusionProof(index, size, read);
        const [leaf, root] = [entries[index] as Hash, rootAt(size, read)];
        expect(provesInclusion(leaf, index, size, proof, root)).toBe(true);
        expect(provesInclusion(entries[(index + 1) % 33] as Hash, index, size, proof, root)).toBe(false);
        expect(provesInclusion(leaf, index, size, [...proof, root], root)).toBe(false);
        expect(provesInclusion(leaf, index, size, proof.slice(1), root)).toBe(size === 1);
      }
  });

  it('proves each older tree consistent with each later one', () => {
    const read = nodesOf(leaves(33));
    for (let size = 1; size <= 33; size++)
      for (let older = 1; older <= size; older++) {
        const proof = consistencyProof(older, size, read);
        const [before, after] = [rootAt(older, read), rootAt(size, read)];
        expect(provesConsistency({ size: older, root: before }, { size, root: after }, proof)).toBe(true);
        const longer = [...proof, before];
        expect(provesConsistency({ size: older, root: before }, { size, root: after }, longer)).toBe(false);
        const same = older === size;
        expect(provesConsistency({ size: older, root: after }, { size, root: after }, proof)).toBe(same);
        expect(provesConsistency({ size: older, root: before }, { size, root: before }, proof)).toBe(same);
      }
  });

  it('proves nothing of a tree of no leaves, or of more than there are', () => {
    const entries = leaves(3);
    const later = { size: 3, root: rootOver(entries) };
    for (const size of [0, 4])
      expect(provesConsistency({ size, root: EMPTY_ROOT }, later, [EMPTY_ROOT])).toBe(false);
    // What proves the first leaf or the last proves none beside it.
    for (const [index, beside] of [
      [0, -1],
      [2, 3],
    ] as const) {
      const proof = inclusionProof(index, 3, nodesOf(entries));
      expect(provesInclusion(entries[index] as Hash, index, 3, proof, later.root)).toBe(true);
      expect(provesInclusion(entries[index] as Hash, beside, 3, proof, later.root)).toBe(false);
    }
  });

  it('has no proof of a leaf that it does not have, nor of a tree that came before none of its own', () => {
    const read = nodesOf(leaves(3));
    for (const leaf of [-1, 3]) expect(() => inclusionProof(leaf, 3, read)).toThrow('has no leaf');
    for (const older of [0, 4]) expect(() => consistencyProof(older, 3, read)).toThrow('no tree of');
  });

  it('proves nothing with a proof of which one byte was changed', () => {
    const entries = leaves(100);
    const read = nodesOf(entries);
    assert(
      property(nat(99), nat(1000), integer({ min: 1, max: 255 }), (index, place, flip) => {
        const proof = inclusionProof(index, 100, read).map((hash) => Buffer.from(hash));
        const bytes = proof[place % proof.length] as Buffer;
        bytes[place % 32] = (bytes[place % 32] as number) ^ flip;
        expect(provesInclusion(entries[index] as Hash, index, 100, proof, rootOver(entries))).toBe(false);
      }),
    );
  });
});

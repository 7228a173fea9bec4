import { describe, expect, it } from '@jest/globals';
import { treeHeadText } from '../../src/audit/checkpoint.js';
import { consistencyProof, inclusionProof, type NodeReader } from '../../src/audit/merkle-proof.js';
import { statedHash } from '../../src/audit/event-hash.js';
import { eventLeaf, rootOver } from '../../src/audit/merkle.js';
import { checkProof, NoProof } from '../../src/audit/proof.js';
import { noteSigner, signNote } from '../../src/audit/signed-note.js';
import { goodLog } from './support/good-log.js';

const EVENTS = goodLog();
const LEAVES = EVENTS.map((event) => eventLeaf(statedHash(event)));
const [SIGNER, OTHER] = [1, 2].map((seed) => noteSigner('log', Buffer.alloc(32, seed))) as [
  ReturnType<typeof noteSigner>,
  ReturnType<typeof noteSigner>,
];

const nodes: NodeReader = (level, index) =>
  rootOver(LEAVES.slice(index * 2 ** level, (index + 1) * 2 ** level));
const signed = (size: number, signer = SIGNER): string =>
  signNote(treeHeadText({ origin: 'log', size, root: rootOver(LEAVES.slice(0, size)) }), signer);
const base64 = (hashes: readonly Buffer[]) => hashes.map((hash) => hash.toString('base64'));
const check = (proof: object) => checkProof(JSON.stringify(proof), [SIGNER.verifierKey]);

describe('a proof of an event', () => {
  const LEAF = 5;
  const { stream, revision, id, type, data, metadata } = EVENTS[LEAF]!;
  const proof = {
    stream,
    revision,
    id,
    type,
    leafIndex: LEAF,
    data: JSON.parse(data) as object,
    metadata: JSON.parse(metadata) as { hash: string },
    checkpoint: signed(EVENTS.length),
    proof: base64(inclusionProof(LEAF, EVENTS.length, nodes)),
  };

  it('says which event is which of how many', () => {
    const message = `SipAccountAdded, mainAccount-bob revision 2, is event 5 of 16`;
    expect(check(proof)).toEqual({ proven: true, message });
  });

  it.each([
    ['another place', { leafIndex: 4 }],
    ['another revision', { revision: 3 }],
    ['other data', { data: { sipAccountId: 'sip-9' } }],
    ['another hash stated', { metadata: { ...proof.metadata, hash: '0'.repeat(64) } }],
    ['another path', { proof: proof.proof.toReversed() }],
  ])('proves nothing with %s', (_, changes) => {
    expect(check({ ...proof, ...changes }).proven).toBe(false);
  });

  it.each([
    ['a place below the first', { leafIndex: -1 }],
    ['no data', { data: null }],
    ['metadata in a list', { metadata: [] }],
    ['a path that holds no texts', { proof: [1] }],
    ['no path', { proof: undefined }],
  ])('is none with %s', (_, changes) => {
    expect(() => check({ ...proof, ...changes })).toThrow(NoProof);
  });

  it('is none whose checkpoint another key has signed', () => {
    expect(() => check({ ...proof, checkpoint: signed(16, OTHER) })).toThrow('not signed with a key');
  });
});

describe('a proof of consistency', () => {
  const proof = { older: signed(6), checkpoint: signed(16), proof: base64(consistencyProof(6, 16, nodes)) };

  it('says how many events are those of the older checkpoint', () => {
    expect(check(proof)).toEqual({
      proven: true,
      message: 'the first 6 of 16 events are those of the older checkpoint',
    });
    expect(check({ ...proof, older: signed(7) }).proven).toBe(false);
  });

  it.each(['older', 'checkpoint'])('is none whose %s another key has signed', (member) => {
    const size = member === 'older' ? 6 : 16;
    expect(() => check({ ...proof, [member]: signed(size, OTHER) })).toThrow('not signed with a key');
  });
});

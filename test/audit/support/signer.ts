import type { BundledCheckpoint } from '../../../src/audit/bundle.js';
import { treeHeadText } from '../../../src/audit/checkpoint.js';
import { noteSigner, signNote } from '../../../src/audit/signed-note.js';

export const SIGNER = noteSigner('credit-ledger/test', Buffer.alloc(32, 1));

/** A checkpoint of a tree. */
export const signed = (tree: { readonly size: number; root(): Buffer }): BundledCheckpoint => ({
  note: signNote(treeHeadText({ origin: SIGNER.name, size: tree.size, root: tree.root() }), SIGNER),
  verifierKey: SIGNER.verifierKey,
});

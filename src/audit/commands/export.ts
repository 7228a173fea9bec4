import type { Config } from '../../config/config.js';
import { openEventReader } from '../../event-store/open-event-store.js';
import { isThere } from '../../files/small-file.js';
import type { Selection } from '../bundle.js';
import { writeBundle } from '../bundle-writer.js';
import { treeHeadText } from '../checkpoint.js';
import { CheckpointKeys, keyFileIn } from '../checkpoint-keys.js';
import { checkpointFileIn } from '../checkpoints.js';
import type { CompactTree } from '../merkle.js';
import { withProgress } from '../progress.js';
import { readPublished } from '../published-checkpoint.js';
import { signNote } from '../signed-note.js';
import type { Output } from './output.js';

/** Writes the log, or some of it, to a bundle. @returns the exit code */
export async function exportBundle(
  config: Config,
  file: string,
  selection: Selection,
  output: Output,
): Promise<number> {
  const reader = await openEventReader(config);
  try {
    const { manifest, hash } = await withProgress('exported', Number(await reader.head()), (progress) =>
      writeBundle(reader, file, {
        selection,
        ...signing(config.dataDir),
        onProgress: (events, { position }) => progress.update(events, Number(position)),
      }),
    );
    output(`${file}: ${manifest.events} events of ${manifest.mainAccounts} main accounts, manifest ${hash}`);
    const { deleted = [] } = manifest;
    for (const mainAccountId of deleted)
      output(`main account ${mainAccountId} was deleted from the log: the bundle holds what is left of it`);
    return deleted.length > 0 ? 1 : 0;
  } finally {
    await reader.close();
  }
}

/** Signs what a bundle holds, where the key of the ledger is at hand, and holds it to what was signed before. */
function signing(dataDir: string) {
  if (!isThere(keyFileIn(dataDir))) return {};
  const { origin, signer } = CheckpointKeys.open(dataDir);
  const checkpoint = (tree: CompactTree) => ({
    note: signNote(treeHeadText({ origin, size: tree.size, root: tree.root() }), signer),
    verifierKey: signer.verifierKey,
  });
  return { checkpoint, published: readPublished(checkpointFileIn(dataDir)) };
}

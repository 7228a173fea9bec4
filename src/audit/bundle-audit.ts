import { audit, type AuditOptions, type AuditReport } from './audit.js';
import { manifestProblems } from './bundle-manifest.js';
import type { BundleReader } from './bundle-reader.js';
import { readCheckpoint } from './checkpoint.js';
import { Findings } from './findings.js';
import type { TreeSize } from './merkle.js';

/**
 * Audits the events of a bundle, and that they are those of its manifest and its checkpoint.
 * @param keys of which one must have signed the bundle's checkpoint; that which it brings where there are none
 * @throws NoBundle
 */
export async function auditBundle(
  bundle: BundleReader,
  options: AuditOptions = {},
  keys: readonly string[] = [],
): Promise<AuditReport> {
  const findings = new Findings();
  const report = await audit(() => bundle.events(), options, findings);
  for (const problem of bundle.problems) findings.add('manifest', problem);
  if (bundle.manifest)
    for (const problem of manifestProblems(bundle.manifest, report)) findings.add('manifest', problem);
  for (const { note, verifierKey } of bundle.checkpoints) {
    const wrong = misfit(note, keys.length > 0 ? keys : [verifierKey], report.tree);
    if (wrong) findings.add('checkpoint', `the checkpoint in the bundle ${wrong}`);
  }
  return { ...report, findings: findings.list, unlistedFindings: findings.unlisted };
}

function misfit(note: string, keys: readonly string[], tree: TreeSize): string | undefined {
  try {
    const { size, root } = readCheckpoint(note, keys);
    return size === tree.size && root.equals(tree.root) ? undefined : 'was not made of its events';
  } catch (error) {
    return `cannot be read: ${String(error)}`;
  }
}

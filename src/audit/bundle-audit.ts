import { audit, type AuditOptions, type AuditReport } from './audit.js';
import type { TreeSize } from './log-audit.js';
import type { BundleReader } from './bundle-reader.js';
import { readCheckpoint } from './checkpoint.js';
import { Findings } from './findings.js';

/**
 * Audits the events of a bundle, and that they are those of its manifest and its checkpoint.
 * @throws NoBundle
 */
export async function auditBundle(bundle: BundleReader, options: AuditOptions = {}): Promise<AuditReport> {
  const findings = new Findings();
  const report = await audit(() => bundle.events(), options, findings);
  for (const problem of [...bundle.problems, ...bundle.compare(report)]) findings.add('manifest', problem);
  for (const { note, verifierKey } of bundle.checkpoints) {
    const wrong = misfit(note, verifierKey, report.tree);
    if (wrong) findings.add('checkpoint', `the checkpoint in the bundle ${wrong}`);
  }
  return { ...report, findings: findings.list };
}

function misfit(note: string, verifierKey: string, tree: TreeSize): string | undefined {
  try {
    const { size, root } = readCheckpoint(note, [verifierKey]);
    return size === tree.size && root.equals(tree.root) ? undefined : 'was not made of its events';
  } catch (error) {
    return `cannot be read: ${String(error)}`;
  }
}

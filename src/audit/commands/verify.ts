import { readFileSync } from 'node:fs';
import { START, type EventReader, type RecordedEvent } from '../../event-store/event-store.js';
import { audit, type AuditOptions, type AuditReport } from '../audit.js';
import { auditBundle } from '../bundle-audit.js';
import { BundleReader } from '../bundle-reader.js';
import { readCheckpoint } from '../checkpoint.js';
import { Progress } from '../progress.js';
import type { Output } from './output.js';
import { reportJson, reportLines } from './report.js';

export interface VerifyOptions {
  readonly json: boolean;
  readonly clockTolerance: number;
  /** Files with signed tree heads. */
  readonly checkpoints: readonly string[];
  /** Verifier keys that a checkpoint must be signed with, one of them; any signature is taken when there are none. */
  readonly keys: readonly string[];
}

/** Checks a store. @returns the exit code */
export async function verifyStore(
  reader: EventReader,
  options: VerifyOptions,
  output: Output,
): Promise<number> {
  const progress = new Progress('verified', Number(await reader.head()));
  let last = START;
  async function* readLog(): AsyncGenerator<readonly RecordedEvent[], void> {
    for await (const page of reader.readAll(START)) {
      last = page.at(-1)?.position ?? last;
      yield page;
    }
  }
  const onProgress = (events: number) => progress.update(events, Number(last));
  const report = await audit(readLog, { ...auditOptions(options), onProgress });
  progress.end();
  return tell(report, options, output);
}

/** Checks a bundle. @returns the exit code */
export async function verifyBundle(file: string, options: VerifyOptions, output: Output): Promise<number> {
  const bundle = new BundleReader(file);
  const progress = new Progress('verified', bundle.bytes);
  const onProgress = (events: number) => progress.update(events, bundle.bytesRead);
  const report = await auditBundle(bundle, { ...auditOptions(options), onProgress });
  progress.end();
  return tell(report, options, output);
}

const auditOptions = ({ checkpoints, keys, clockTolerance }: VerifyOptions): AuditOptions => ({
  clockTolerance,
  checkpoints: checkpoints.map((file) => readCheckpoint(readFileSync(file, 'utf8'), keys)),
});

function tell(report: AuditReport, { json }: VerifyOptions, output: Output): number {
  output(json ? reportJson(report) : reportLines(report).join('\n'));
  return report.findings.length === 0 ? 0 : 1;
}

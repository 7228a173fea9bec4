import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Config } from '../../config/config.js';
import type { Position } from '../../event-store/event-store.js';
import { openEmbeddedReader, openEventReader } from '../../event-store/open-event-store.js';
import { audit, type AuditOptions, type AuditReport } from '../audit.js';
import { auditBundle } from '../bundle-audit.js';
import { BundleReader } from '../bundle-reader.js';
import { readCheckpoint } from '../checkpoint.js';
import { Findings } from '../findings.js';
import { auditInParallel, logUntil } from '../parallel-audit.js';
import { Progress } from '../progress.js';
import { checkProof } from '../proof.js';
import { ReadModelAudit } from '../read-models/read-model-audit.js';
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

export interface StoreOptions extends VerifyOptions {
  /** The read models' file, when it is to be compared with the log. */
  readonly readModels?: string;
}

/** From so many positions of the embedded store on, threads are worth their start. */
const MANY = 200_000n;
const MOST_THREADS = 8;

/** Checks a store. @returns the exit code */
export async function verifyStore(config: Config, options: StoreOptions, output: Output): Promise<number> {
  const embedded = config.store === 'sqlite' ? openEmbeddedReader(config) : undefined;
  const reader = embedded ?? (await openEventReader(config));
  try {
    // Opened first: what it holds is then in the log that is read.
    const findings = new Findings();
    const readModels =
      options.readModels === undefined ? undefined : new ReadModelAudit(options.readModels, findings);
    const until = await reader.head();
    const progress = new Progress('verified', Number(until));
    const onProgress = (events: number, position: Position) => progress.update(events, Number(position));
    const asked = { ...auditOptions(options), onProgress };
    const report =
      embedded && !readModels && until > MANY
        ? await auditInParallel(
            config,
            embedded,
            until,
            Math.min(availableParallelism(), MOST_THREADS),
            asked,
          )
        : await audit(
            logUntil(reader, until),
            { ...asked, witnesses: readModels?.witnesses ?? [] },
            findings,
          );
    readModels?.close();
    progress.end();
    return tell(report, options, output);
  } finally {
    await reader.close();
  }
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

/** Checks a proof that the service answered. @returns the exit code */
export function verifyProof(file: string, { json, keys }: VerifyOptions, output: Output): number {
  const { proven, message } = checkProof(readFileSync(file, 'utf8'), keys);
  output(json ? JSON.stringify({ proven, message }) : `${proven ? 'PROVEN' : 'NOT PROVEN'}: ${message}`);
  return proven ? 0 : 1;
}

const auditOptions = ({ checkpoints, keys, clockTolerance }: VerifyOptions): AuditOptions => ({
  clockTolerance,
  checkpoints: checkpoints.map((file) => readCheckpoint(readFileSync(file, 'utf8'), keys)),
});

function tell(report: AuditReport, { json }: VerifyOptions, output: Output): number {
  output(json ? reportJson(report) : reportLines(report).join('\n'));
  return report.findings.length === 0 ? 0 : 1;
}

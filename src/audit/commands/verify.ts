import { isUtf8 } from 'node:buffer';
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
import type { TreeSize } from '../merkle.js';
import { auditInParallel, logUntil } from '../parallel-audit.js';
import { withProgress } from '../progress.js';
import { checkProof, NoProof } from '../proof.js';
import { readPublished } from '../published-checkpoint.js';
import { ReadModelAudit } from '../read-models/read-model-audit.js';
import { NoteMalformed } from '../signed-note.js';
import type { Output } from './output.js';
import { checkpointsCompared, reportJson, reportLines } from './report.js';

/** What was asked for cannot be done with this file. */
class CannotVerify extends Error {
  override readonly name = 'CannotVerify';
}

export interface VerifyOptions {
  readonly json: boolean;
  readonly clockTolerance: number;
  /** Files with signed tree heads. */
  readonly checkpoints: readonly string[];
  /** Verifier keys that a checkpoint must be signed with, one of them; any signature is taken when there are none. */
  readonly keys: readonly string[];
}

export interface StoreOptions extends VerifyOptions {
  /** The file with the checkpoint that the ledger published last; whose signature it bears is not looked at. */
  readonly published?: string;
  /** The read models' file, when it is to be compared with the log. */
  readonly readModels?: string;
}

/** From so many positions of the embedded store on, more threads are worth their start. */
const MANY = 100_000n;
const MOST_THREADS = 8;

/** Checks a store. @returns the exit code */
export async function verifyStore(config: Config, options: StoreOptions, output: Output): Promise<number> {
  const embedded = config.store === 'sqlite' ? openEmbeddedReader(config) : undefined;
  const reader = embedded ?? (await openEventReader(config));
  const findings = new Findings();
  let readModels: ReadModelAudit | undefined;
  try {
    // Opened first: what it holds is then in the log that is read.
    if (options.readModels !== undefined) readModels = new ReadModelAudit(options.readModels, findings);
    const until = await reader.head();
    if (embedded) readModels?.compareEnd(until);
    const asked = auditOptions(options, publishedIn(options));
    const report = await withProgress('verified', Number(until), (progress) => {
      const onProgress = (events: number, position: Position) => progress.update(events, Number(position));
      if (embedded && !readModels) {
        const threads = until > MANY ? Math.min(availableParallelism(), MOST_THREADS) : 1;
        return auditInParallel(config, embedded, until, threads, { ...asked, onProgress });
      }
      const witnesses = readModels?.witnesses ?? [];
      return audit(logUntil(reader, until), { ...asked, witnesses, onProgress }, findings);
    });
    const compared = [
      'log',
      ...(readModels ? ['read models'] : []),
      ...(options.published === undefined ? [] : ["the data directory's checkpoint"]),
    ];
    return tell(report, compared, options, output);
  } finally {
    readModels?.close();
    await reader.close();
  }
}

/** Checks a bundle. @returns the exit code */
export async function verifyBundle(file: string, options: VerifyOptions, output: Output): Promise<number> {
  const bundle = new BundleReader(file);
  const asked = auditOptions(options);
  const report = await withProgress('verified', bundle.bytes, (progress) => {
    const onProgress = (events: number) => progress.update(events, bundle.bytesRead);
    return auditBundle(bundle, { ...asked, onProgress }, options.keys);
  });
  requireSigned(bundle, options);
  const by = options.keys.length > 0 ? 'a given key' : 'the key in it';
  const own = bundle.checkpoints.length > 0 ? [`its checkpoint, signature checked with ${by}`] : [];
  return tell(report, ['bundle', ...own], options, output);
}

/** @throws CannotVerify when there is nothing for the checkpoints or keys to be held against */
function requireSigned(
  { manifest, checkpoints: own }: BundleReader,
  { checkpoints, keys }: VerifyOptions,
): void {
  if (checkpoints.length > 0 && manifest?.tree === null)
    throw new CannotVerify('this bundle does not hold everything; a checkpoint needs a complete one');
  if (keys.length > 0 && checkpoints.length + own.length === 0)
    throw new CannotVerify('nothing here is signed: give --checkpoint, or leave --key out');
}

/** Checks a proof that the service answered. @returns the exit code */
export function verifyProof(file: string, { json, keys }: VerifyOptions, output: Output): number {
  const { proven, message } = named(file, 'proof', (text) => checkProof(text, keys));
  output(json ? JSON.stringify({ proven, message }) : `${proven ? 'PROVEN' : 'NOT PROVEN'}: ${message}`);
  return proven ? 0 : 1;
}

const auditOptions = (
  { checkpoints, keys, clockTolerance }: VerifyOptions,
  others: readonly TreeSize[] = [],
): AuditOptions => ({
  clockTolerance,
  checkpoints: [
    ...checkpoints.map((file) => named(file, 'checkpoint', (text) => readCheckpoint(text, keys))),
    ...others,
  ],
});

function publishedIn({ published }: StoreOptions): readonly TreeSize[] {
  const head = published === undefined ? undefined : readPublished(published);
  return head ? [head] : [];
}

/** Reads a file. @throws CannotVerify that names it when it is not what it should be */
function named<Read>(file: string, kind: string, read: (text: string) => Read): Read {
  const bytes = readFileSync(file);
  if (!isUtf8(bytes)) throw new CannotVerify(`${file} is no ${kind} to rely on: it is not UTF-8`);
  try {
    return read(bytes.toString());
  } catch (error) {
    if (!(error instanceof NoteMalformed || error instanceof NoProof)) throw error;
    throw new CannotVerify(`${file} is no ${kind} to rely on: ${error.message}`, { cause: error });
  }
}

function tell(
  report: AuditReport,
  compared: readonly string[],
  { json, checkpoints, keys }: VerifyOptions,
  output: Output,
): number {
  const all = [...compared, ...checkpointsCompared(checkpoints, keys)];
  output(json ? reportJson(report) : reportLines(report, all).join('\n'));
  return report.findings.length === 0 ? 0 : 1;
}

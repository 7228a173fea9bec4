#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '../config/config.js';
import { openEventReader, openEventStore } from '../event-store/open-event-store.js';
import { collectTheYoungCheaply } from '../operations/heap.js';
import { writeBundle } from './bundle-writer.js';
import { treeHeadText } from './checkpoint.js';
import { CheckpointKeys, keyFileIn } from './checkpoint-keys.js';
import { checkpointFileIn } from './checkpoints.js';
import { importBundle } from './commands/import.js';
import { verifyBundle, verifyProof, verifyStore, type VerifyOptions } from './commands/verify.js';
import type { CompactTree } from './merkle.js';
import { Progress } from './progress.js';
import { signNote } from './signed-note.js';

const USAGE = `credit-ledger verify [bundle]     check the store, or a bundle
  --json                          the report as JSON
  --read-model                    also compare every row of the read models with the log
  --proof <file>                  check only this proof, without the store
  --checkpoint <file>             a signed checkpoint that the log must agree with; may be repeated.
                                  That of the data directory is always looked at
  --key <verifier key>            the key that the checkpoint must be signed with; may be repeated
  --clock-tolerance <ms>          how far recorded times may go back in a stream; 0 unless given
credit-ledger export -o <file>    write an audit bundle
  --main-account <id>             only this main account; may be repeated
  --until <time>                  only events recorded at this time (RFC 3339) or before
credit-ledger import <bundle>     bring a bundle into an empty store, or go on with an import
credit-ledger rotate-key          begin with a new key for checkpoints
All use the store that the LEDGER_ variables name; --data-dir <directory> stands for LEDGER_DATA_DIR.
Exit codes: 0 sound, 1 discrepancy, 2 could not run.`;

/** A command line that says nothing that can be done. */
class UsageError extends Error {}

const OPTIONS = {
  json: { type: 'boolean', default: false },
  checkpoint: { type: 'string', multiple: true },
  key: { type: 'string', multiple: true },
  'read-model': { type: 'boolean', default: false },
  proof: { type: 'string' },
  'clock-tolerance': { type: 'string', default: '0' },
  output: { type: 'string', short: 'o' },
  'main-account': { type: 'string', multiple: true },
  until: { type: 'string' },
  'data-dir': { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

type Values = ReturnType<typeof parse>['values'];

const parse = (args: readonly string[]) =>
  parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });

const print = (text: string): void => void process.stdout.write(`${text}\n`);

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(args);
  const [command, ...rest] = positionals;
  if (values.help || command === 'help') {
    print(USAGE);
    return 0;
  }
  if (command === 'verify') return verify(values, rest);
  if (command === 'export') return exportBundle(values);
  if (command === 'import') return importInto(values, rest);
  if (command === 'rotate-key') return rotateKey(values);
  throw new UsageError(command === undefined ? 'name a command' : `${command} is no command`);
}

async function verify(values: Values, [bundle]: readonly string[]): Promise<number> {
  const options: VerifyOptions = {
    json: values.json,
    clockTolerance: wholeNumber(values['clock-tolerance']),
    checkpoints: values.checkpoint ?? [],
    keys: values.key ?? [],
  };
  if (values.proof !== undefined) return verifyProof(values.proof, options, print);
  if (bundle !== undefined) return verifyBundle(bundle, options, print);
  const config = configOf(values);
  const own = checkpointFileIn(config.dataDir);
  const checkpoints = existsSync(own) ? [...options.checkpoints, own] : options.checkpoints;
  const readModels = values['read-model'] ? { readModels: join(config.dataDir, 'read-models.db') } : {};
  return verifyStore(config, { ...options, checkpoints, ...readModels }, print);
}

async function exportBundle(values: Values): Promise<number> {
  const { output, until } = values;
  if (output === undefined) throw new UsageError('export needs -o <file>');
  if (until !== undefined && Number.isNaN(Date.parse(until)))
    throw new UsageError(`${until} is no RFC 3339 time`);
  const config = configOf(values);
  const reader = await openEventReader(config);
  try {
    const progress = new Progress('exported', Number(await reader.head()));
    const { manifest, hash } = await writeBundle(reader, output, {
      selection: {
        mainAccounts: values['main-account'] ?? null,
        until: until === undefined ? null : new Date(until).toISOString(),
      },
      checkpoint: checkpointWith(config.dataDir),
      onProgress: (events, { position }) => progress.update(events, Number(position)),
    });
    progress.end();
    print(`${output}: ${manifest.events} events of ${manifest.mainAccounts} main accounts, manifest ${hash}`);
    return 0;
  } finally {
    await reader.close();
  }
}

async function importInto(values: Values, [bundle]: readonly string[]): Promise<number> {
  if (bundle === undefined) throw new UsageError('import needs a bundle');
  return importBundle(bundle, () => openEventStore(configOf(values)), print);
}

/** Signs what a bundle holds, where the key of the ledger is at hand. */
function checkpointWith(dataDir: string) {
  if (!existsSync(keyFileIn(dataDir))) return () => undefined;
  const { origin, signer } = CheckpointKeys.open(dataDir);
  return (tree: CompactTree) => ({
    note: signNote(treeHeadText({ origin, size: tree.size, root: tree.root() }), signer),
    verifierKey: signer.verifierKey,
  });
}

function rotateKey(values: Values): number {
  const { published } = CheckpointKeys.rotate(configOf(values).dataDir);
  print(`${published.at(-1)?.verifierKey}\nThe service signs with this key from its next start.`);
  return 0;
}

const configOf = (values: Values) =>
  loadConfig({
    ...process.env,
    ...(values['data-dir'] !== undefined && { LEDGER_DATA_DIR: values['data-dir'] }),
  });

function wholeNumber(text: string): number {
  if (!/^[0-9]{1,9}$/.test(text)) throw new UsageError(`${text} is no whole number`);
  return Number(text);
}

/** What went wrong, in a line; the usage after a command line that was wrong. */
function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const misused = error instanceof UsageError || (error instanceof TypeError && 'code' in error);
  return misused ? `${message}\n${USAGE}` : message;
}

collectTheYoungCheaply();
try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`credit-ledger: ${explain(error)}\n`);
  process.exitCode = 2;
}

#!/usr/bin/env node
import { loadConfig } from '../config/config.js';
import { reasonOf, StoreUnavailable } from '../event-store/errors.js';
import { isThere } from '../files/small-file.js';
import { collectTheYoungCheaply } from '../operations/heap.js';
import { readModelsFileIn } from '../projections/read-models-file.js';
import { CheckpointKeys } from './checkpoint-keys.js';
import { checkpointFileIn } from './checkpoints.js';
import {
  onlyOf,
  parse,
  pastTime,
  takesOnly,
  USAGE,
  UsageError,
  verifierKeys,
  wholeNumber,
  type Values,
} from './commands/command-line.js';
import { exportBundle } from './commands/export.js';
import { importBundle } from './commands/import.js';
import { verifyBundle, verifyProof, verifyStore, type VerifyOptions } from './commands/verify.js';

const print = (text: string): void => void process.stdout.write(`${text}\n`);

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(args);
  const [command, ...files] = positionals;
  if (values.help || command === 'help') {
    print(USAGE);
    return 0;
  }
  if (command === undefined) throw new UsageError('name a command');
  const file = onlyOf(command, files);
  if (command === 'verify' && values.proof !== undefined) return verifyOnly(values.proof, values, file);
  if (command === 'verify' && file !== undefined) return verifyFile(file, values);
  if (command === 'import') return importInto(values, file);
  if (file !== undefined) throw new UsageError(`${command} does not take ${file}`);
  if (command === 'verify') return verify(values);
  if (command === 'export') return exportTo(values);
  if (command === 'rotate-key') return rotateKey(values);
  throw new UsageError(`${command} is no command`);
}

const optionsOf = (values: Values): VerifyOptions => ({
  json: values.json ?? false,
  clockTolerance: wholeNumber(values['clock-tolerance'] ?? '0'),
  checkpoints: values.checkpoint ?? [],
  keys: verifierKeys(values.key ?? []),
});

function verifyOnly(proof: string, values: Values, bundle: string | undefined): number {
  takesOnly('verify --proof', values, 'proof', 'key', 'json');
  if (bundle !== undefined) throw new UsageError(`verify --proof does not take ${bundle}`);
  if (!values.key) throw new UsageError('give --key: without it nothing says who signed');
  return verifyProof(proof, optionsOf(values), print);
}

function verifyFile(bundle: string, values: Values): Promise<number> {
  takesOnly('verify <bundle>', values, 'json', 'checkpoint', 'key', 'clock-tolerance');
  return verifyBundle(bundle, optionsOf(values), print);
}

function verify(values: Values): Promise<number> {
  takesOnly('verify', values, 'json', 'read-model', 'checkpoint', 'key', 'clock-tolerance');
  if (values.key && !values.checkpoint) throw new UsageError('--key needs a --checkpoint that it has signed');
  const config = configOf(values);
  const published = checkpointFileIn(config.dataDir);
  const readModels = values['read-model'] && { readModels: readModelsFileIn(config.dataDir) };
  return verifyStore(
    config,
    { ...optionsOf(values), ...(isThere(published) && { published }), ...readModels },
    print,
  );
}

async function exportTo(values: Values): Promise<number> {
  takesOnly('export', values, 'output', 'main-account', 'until');
  const { output, until } = values;
  if (output === undefined) throw new UsageError('export needs -o <file>');
  const selection = {
    mainAccounts: values['main-account'] ?? null,
    until: until === undefined ? null : pastTime(until),
  };
  return exportBundle(configOf(values), output, selection, print);
}

async function importInto(values: Values, bundle: string | undefined): Promise<number> {
  takesOnly('import', values);
  if (bundle === undefined) throw new UsageError('import needs a bundle');
  return importBundle(bundle, configOf(values), print);
}

function rotateKey(values: Values): number {
  takesOnly('rotate-key', values);
  const { published } = CheckpointKeys.rotate(configOf(values).dataDir);
  print(`${published.at(-1)?.verifierKey}\nThe service signs with this key from its next start.`);
  return 0;
}

const configOf = (values: Values) =>
  loadConfig({
    ...process.env,
    ...(values['data-dir'] !== undefined && { LEDGER_DATA_DIR: values['data-dir'] }),
  });

/** What went wrong, in a line; the usage after a command line that was wrong. */
function explain(error: unknown): string {
  const message = reasonOf(error);
  if (error instanceof StoreUnavailable)
    return `${message}\nThe LEDGER_ variables name the store, LEDGER_DATA_DIR or --data-dir its directory.`;
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

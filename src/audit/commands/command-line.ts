import { parseArgs } from 'node:util';
import { NoteMalformed, noteVerifier } from '../signed-note.js';

export const USAGE = `credit-ledger verify [bundle]     check the store, or a bundle
  --json                          the report as JSON
  --read-model                    also compare every row of the read models with the log
  --checkpoint <file>             a signed checkpoint that the log must agree with; may be repeated.
                                  That of the data directory is always looked at, with the store
  --key <verifier key>            the key that the checkpoint must be signed with; may be repeated
  --clock-tolerance <ms>          how far recorded times may go back in a stream; 0 unless given
credit-ledger verify --proof <file> --key <verifier key>
                                  check only this proof, without the store; may take --json
credit-ledger export -o <file>    write an audit bundle
  --main-account <id>             only this main account; may be repeated
  --until <time>                  only events recorded at this time (RFC 3339) or before
credit-ledger import <bundle>     bring a bundle into an empty store, or go on with an import
credit-ledger rotate-key          begin with a new key for checkpoints
All use the store that the LEDGER_ variables name; --data-dir <directory> stands for LEDGER_DATA_DIR.
Exit codes: 0 sound, 1 discrepancy, 2 could not run.`;

/** A command line that says nothing that can be done. */
export class UsageError extends Error {}

// No defaults: what is there was given.
const OPTIONS = {
  json: { type: 'boolean' },
  checkpoint: { type: 'string', multiple: true },
  key: { type: 'string', multiple: true },
  'read-model': { type: 'boolean' },
  proof: { type: 'string' },
  'clock-tolerance': { type: 'string' },
  output: { type: 'string', short: 'o' },
  'main-account': { type: 'string', multiple: true },
  until: { type: 'string' },
  'data-dir': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Option = keyof typeof OPTIONS;

export type Values = ReturnType<typeof parse>['values'];

export const parse = (args: readonly string[]) =>
  parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });

/** Refuses options that a command would pass over: who gave them believes that they were heeded. */
export function takesOnly(command: string, values: Values, ...options: readonly Option[]): void {
  const taken: readonly string[] = ['data-dir', ...options];
  const extra = Object.keys(values).find((name) => !taken.includes(name));
  if (extra !== undefined) throw new UsageError(`${command} does not take --${extra}`);
}

/** The one file that a command is about, if any. */
export function onlyOf(command: string, files: readonly string[]): string | undefined {
  const [file, extra] = files;
  if (extra !== undefined) throw new UsageError(`${command} does not take ${extra} as well`);
  return file;
}

export function wholeNumber(text: string): number {
  if (!/^[0-9]{1,9}$/.test(text)) throw new UsageError(`${text} is no whole number`);
  return Number(text);
}

const RFC_3339 = /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** A time that has been, on a day that exists; in UTC with milliseconds, as events have it. */
export function pastTime(text: string): string {
  const day = Date.parse(`${RFC_3339.exec(text)?.[1]}T00:00:00Z`);
  const time = Date.parse(text);
  if (Number.isNaN(day) || Number.isNaN(time) || !text.startsWith(new Date(day).toISOString().slice(0, 10)))
    throw new UsageError(`${text} is no RFC 3339 time, such as 2026-11-22T17:52:00Z`);
  if (time > Date.now()) throw new UsageError(`${text} has not come yet: more may be recorded until then`);
  return new Date(time).toISOString();
}

/** Verifier keys, looked at before anything is checked with them. */
export function verifierKeys(keys: readonly string[]): readonly string[] {
  for (const key of keys)
    try {
      noteVerifier(key);
    } catch (error) {
      throw error instanceof NoteMalformed ? new UsageError(`${key}: ${error.message}`) : error;
    }
  return keys;
}

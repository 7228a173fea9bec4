import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from './config/config.js';
import { reasonOf } from './event-store/errors.js';
import { backUpEvents } from './event-store/open-event-store.js';
import { removeUnfinished } from './event-store/sqlite/backup.js';

const USAGE = 'usage: npm run backup -- <file>, a file that does not exist yet';

const say = (...lines: readonly string[]) => process.stdout.write(`${lines.join('\n')}\n`);

/** `npm run backup -- <file>`: a consistent copy of the log, also while the service runs. */
function main(args: string[]): void {
  const { values, positionals } = parseArgs({
    args,
    options: { help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  });
  if (values.help) {
    say(USAGE);
    return;
  }
  const [file, ...rest] = positionals;
  if (!file || rest.length > 0) throw new Error(USAGE);
  const copy = resolve(file);
  for (const left of removeUnfinished(copy))
    process.stderr.write(`${left} was left by a backup that was killed, and is removed.\n`);
  // For nobody else to read: the log is kept from them by its directory, the copy is not.
  process.umask(0o077);
  const events = backUpEvents(loadConfig(process.env), copy);
  say(
    `${copy} holds the log of this moment: ${events} events, read back and whole.`,
    'It holds the log alone: keep checkpoint-key.json and api-keys.json as well, as secrets.',
    'To restore it, put it as events.db into an empty data directory, those two beside it, and start the service.',
  );
}

try {
  main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`The backup failed: ${reasonOf(error)}\n`);
  process.exitCode = 1;
}

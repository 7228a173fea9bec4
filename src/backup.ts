import { resolve } from 'node:path';
import { loadConfig } from './config/config.js';
import { backUpEvents } from './event-store/open-event-store.js';

/** `npm run backup -- <file>`: a consistent copy of the log, also while the service runs. */
function main([file, ...rest]: readonly string[]): void {
  if (!file || rest.length > 0)
    throw new Error('usage: npm run backup -- <file>, a file that does not exist yet');
  const copy = resolve(file);
  const events = backUpEvents(loadConfig(process.env), copy);
  process.stdout.write(
    `${copy} holds the log of this moment: ${events} events, read back and whole.\n` +
      'To restore it, put it as events.db into an empty data directory and start the service.\n',
  );
}

try {
  main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`No backup was made: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

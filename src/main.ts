import { type Config, ConfigError, loadConfig } from './config/config.js';
import { collectTheYoungCheaply, holdHeapsDown } from './operations/heap.js';
import { startFailure } from './operations/start-failure.js';

/** EX_CONFIG of sysexits.h: starting again without changing something is of no use. */
const EXIT_CONFIG = 78;

function fail(reason: string, code: number): never {
  process.stderr.write(`${reason}\n`);
  process.exit(code);
}

function configOrExit(): Config {
  try {
    return loadConfig(process.env);
  } catch (error) {
    if (error instanceof ConfigError) fail(error.message, EXIT_CONFIG);
    throw error;
  }
}

collectTheYoungCheaply();
holdHeapsDown();

const [argument] = process.argv.slice(2);
if (argument !== undefined)
  fail(
    `${argument}: the service takes no arguments. LEDGER_ variables configure it, see docs/reference/configuration.md`,
    EXIT_CONFIG,
  );
const config = configOrExit();
// Some 2 000 files, a second or more: not before the configuration is known to be good.
const { start } = await import('./start.js');
try {
  await start(config);
} catch (error) {
  fail(startFailure(error, config), 1);
}

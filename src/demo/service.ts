import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** What of the ledger's own variables the demo takes over; none of them leads to a store, or lets anybody else in. */
const TAKEN_OVER = /^LEDGER_(HOST|PORT|LOG_LEVEL)$/;

type Service = ChildProcessByStdio<null, Readable, null>;

/** The real service, in a process of its own. */
export function startService(dataDir: string, key: string): Service {
  const environment = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('LEDGER_') || TAKEN_OVER.test(name),
  );
  return spawn(process.execPath, [join(import.meta.dirname, '..', 'main.js')], {
    env: {
      LEDGER_PORT: '0',
      LEDGER_LOG_LEVEL: 'warn',
      ...Object.fromEntries(environment),
      LEDGER_DATA_DIR: dataDir,
      LEDGER_BOOTSTRAP_KEY: key,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    // Ctrl-C reaches this process alone, which then ends the service in its own time.
    detached: true,
  });
}

/** Waits until the service says where it listens. */
export async function addressOf({ stdout }: Service): Promise<string> {
  for await (const line of createInterface({ input: stdout })) {
    const url = /listening on (http\S+)/.exec(line)?.[1];
    if (url) {
      stdout.resume();
      return url;
    }
  }
  throw new Error('the service did not start');
}

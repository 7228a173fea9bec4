import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { ROOT } from '../../support/service.js';

const VERIFIER = pathToFileURL(join(ROOT, 'verify-bundle.mjs'));

/**
 * The verifier that shares no code with the ledger, in a thread: a process takes longer to start than a bundle to
 * verify. That it is a program too is shown where its command line is.
 */
export async function standalone(...args: string[]) {
  const thread = new Worker(VERIFIER, {
    argv: args,
    stdout: true,
    stderr: true,
    // No more than a process has.
    resourceLimits: { stackSizeMb: 1 },
  });
  const [[status], stdout, stderr] = await Promise.all([
    once(thread, 'exit') as Promise<[number]>,
    text(thread.stdout),
    text(thread.stderr),
  ]);
  return { status, stdout, stderr };
}

import { rmSync } from 'node:fs';
import { chmod, mkdtemp, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The kernel's number for a file system in memory. */
const TMPFS = 0x0102_1994;

export interface Stage {
  /** Empty, and gone afterwards. */
  readonly directory: string;
  /** Notes what is to be stopped at the end. */
  add<S extends { stop(): Promise<void> }>(running: S): S;
}

/** Runs a bench with a directory of its own. Whatever ends it, its servers and its files end with it. */
export async function onStage(bench: (stage: Stage) => Promise<void>): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const directory = await mkdtemp(join(tmpdir(), 'credit-ledger-bench-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  if ((await statfs(directory)).type === TMPFS)
    throw new Error(`${directory} is in memory, where durable costs nothing: set TMPDIR to one on a disk`);
  // PostgreSQL may have to run as another user, who must be able to reach its folder in here.
  await chmod(directory, 0o755);
  const running: { stop(): Promise<void> }[] = [];
  try {
    await bench({
      directory,
      add: (one) => {
        running.push(one);
        return one;
      },
    });
  } finally {
    // The last one first: a peer's server before its database.
    for (const one of running.toReversed()) await one.stop().catch(() => undefined);
  }
}

export const say = (line: string): void => void process.stderr.write(`${line}\n`);

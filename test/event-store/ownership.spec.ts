import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SqliteEventReader } from '../../src/event-store/sqlite/sqlite-event-reader.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { openDatabase, value } from '../../src/sqlite/database.js';
import { collect, newEvents, newStream } from '../contract/event-store.contract.js';

const built = new URL('../../dist/event-store/sqlite/sqlite-event-store.js', import.meta.url);

/** Appends to the stream `crash` for ever and prints each revision that was acknowledged. */
const APPENDER = `
  import { randomUUID } from 'node:crypto';
  const { SqliteEventStore } = await import(${JSON.stringify(built.href)});
  const store = await SqliteEventStore.open(process.argv[2]);
  for (let revision = -1; ; revision++) {
    const event = { id: randomUUID(), type: 'Tested', data: '{}', metadata: '{}' };
    await store.append('crash', [event], revision < 0 ? 'no-stream' : revision);
    process.stdout.write(revision + 1 + '\\n');
  }`;

describe('the owner of a log', () => {
  let directory: string;
  let file: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ledger-'));
    file = join(directory, 'events.db');
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  const startAppender = (): ChildProcess => {
    const program = join(directory, 'appender.mjs');
    writeFileSync(program, APPENDER);
    return spawn(process.execPath, [program, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  };

  /** Reads the acknowledged revisions until one is reached. @returns that one */
  async function acknowledged(child: ChildProcess, revision: number): Promise<void> {
    for await (const line of createInterface({ input: child.stdout! })) if (Number(line) >= revision) return;
  }

  it('is alone in its process', async () => {
    const store = await SqliteEventStore.open(file);
    await expect(SqliteEventStore.open(file)).rejects.toThrow(
      `${file} is in use by another ledger (process ${process.pid})`,
    );
    await store.append(newStream(), newEvents(1), 'no-stream');
    await store.close();
    await (await SqliteEventStore.open(file)).close();
  });

  it('is one of those who ask at the same time: who only asks keeps nobody out', async () => {
    const asking = openDatabase(`${file}.lock`);
    asking.exec('BEGIN');
    value(asking, 'SELECT count(*) FROM sqlite_schema');
    const store = await SqliteEventStore.open(file);
    asking.close();
    await expect(SqliteEventStore.open(file)).rejects.toThrow('is in use by another ledger');
    await store.close();
  });

  it('is alone also when nobody can say which process it is', async () => {
    const store = await SqliteEventStore.open(file);
    rmSync(`${file}.pid`);
    await expect(SqliteEventStore.open(file)).rejects.toThrow(
      `${file} is in use by another ledger: stop that`,
    );
    await store.close();
  });

  it('does not keep the log when the disk is too full to say which process it is', async () => {
    symlinkSync('/dev/full', `${file}.pid.new`);
    await expect(SqliteEventStore.open(file)).rejects.toThrow(
      `${file}.pid cannot be written: the disk is full`,
    );
    expect(existsSync(`${file}.pid`)).toBe(false);
    await (await SqliteEventStore.open(file)).close();
  });

  it('does not take a lock on a file that it may only read, which would keep nobody out', async () => {
    // Root may write any file but such a one.
    symlinkSync('/proc/sys/kernel/ostype', `${file}.lock`);
    await expect(SqliteEventStore.open(file)).rejects.toThrow(
      `${file}.lock cannot be written: give the service write access to it`,
    );
    rmSync(`${file}.lock`);
    await (await SqliteEventStore.open(file)).close();
  });

  it('is alone also where the log is a symbolic link from another place', async () => {
    await (await SqliteEventStore.open(file)).close();
    const link = join(directory, 'link.db');
    symlinkSync(file, link);
    const store = await SqliteEventStore.open(link);
    await expect(SqliteEventStore.open(file)).rejects.toThrow(`is in use by another ledger`);
    await store.close();
    await (await SqliteEventStore.open(file)).close();
  });

  it('is alone also where the log that the symbolic link leads to was yet to be made', async () => {
    // By two links, the first of them relative to where a link to its directory leads.
    mkdirSync(join(directory, 'disk', 'data'), { recursive: true });
    symlinkSync('disk/data', join(directory, 'data'));
    const link = join(directory, 'data', 'events.db');
    symlinkSync('../log.db', link);
    symlinkSync(file, join(directory, 'disk', 'log.db'));
    const store = await SqliteEventStore.open(link);
    await expect(SqliteEventStore.open(file)).rejects.toThrow(`is in use by another ledger`);
    await store.close();
    await (await SqliteEventStore.open(file)).close();
  });

  it('says that symbolic links lead in a circle', async () => {
    symlinkSync(file, file);
    await expect(SqliteEventStore.open(file)).rejects.toThrow(
      `${file} cannot be opened: check that its directory exists`,
    );
  });

  it('keeps other processes out, lets them read, and dies without a trace', async () => {
    const child = startAppender();
    await acknowledged(child, 0);
    await expect(SqliteEventStore.open(file)).rejects.toThrow(`(process ${child.pid})`);

    const reader = SqliteEventReader.open(file);
    const ending = new AbortController();
    let seen = 0;
    for await (const batch of reader.follow(0n, ending.signal)) {
      seen += batch.events.length;
      if (seen > 50) break;
    }
    child.kill('SIGKILL');
    await once(child, 'exit');

    const store = await SqliteEventStore.open(file);
    const events = await collect(store.readStream('crash'));
    expect(events.length).toBeGreaterThanOrEqual(seen);
    expect(events.map(({ revision }) => revision)).toEqual(events.map((_, at) => at));
    await store.append('crash', newEvents(1), events.length - 1);
    expect((await collect(reader.readStream('crash'))).length).toBe(events.length + 1);
    await reader.close();
    await store.close();
  });

  it('loses nothing acknowledged when it is killed', async () => {
    for (const target of [3, 40, 100]) {
      const child = startAppender();
      await acknowledged(child, target);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const store = await SqliteEventStore.open(file);
      const { length } = await collect(store.readStream('crash'));
      expect(length).toBeGreaterThan(target);
      await store.close();
      rmSync(file);
    }
  });
});

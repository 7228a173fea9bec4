import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/config/config.js';
import { EventStoreModule } from '../../src/event-store/event-store.module.js';
import { EventStore } from '../../src/event-store/event-store.js';
import {
  backUpEvents,
  makeDirectory,
  openEventReader,
  openEventStore,
} from '../../src/event-store/open-event-store.js';
import { collect, newEvents } from '../contract/event-store.contract.js';
import { ROOT } from '../support/service.js';

/** Finishes its work when the application ends, as the ledger does. */
@Module({})
class BusyModule implements OnApplicationShutdown {
  constructor(private readonly store: EventStore) {}

  async onApplicationShutdown(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 50));
    await this.store.append('last', newEvents(1), 'no-stream');
  }
}

describe('the event store of the application', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ledger-'));
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  const config = () => loadConfig({ LEDGER_DATA_DIR: join(directory, 'data') });

  it.each([
    ['first', () => [EventStoreModule.forRoot(config()), BusyModule]],
    ['last', () => [BusyModule, EventStoreModule.forRoot(config())]],
  ])('is closed when all others have finished, imported %s', async (_, imports) => {
    const app = await Test.createTestingModule({ imports: imports() }).compile();
    const store = app.get(EventStore);
    await app.init();
    await app.close();
    await expect(store.check()).rejects.toThrow(/has been closed/);
    const reader = await openEventReader(config());
    expect(await collect(reader.readStream('last'))).toHaveLength(1);
    await reader.close();
  });

  it('makes its data directory for its owner alone', async () => {
    await (await openEventStore(config())).close();
    expect(statSync(join(directory, 'data')).mode & 0o777).toBe(0o700);
  });

  it('is EventStoreDB when the configuration names it, which has tools of its own for backups', async () => {
    const elsewhere = loadConfig({
      LEDGER_STORE: 'eventstoredb',
      LEDGER_EVENTSTOREDB_URL: 'esdb://127.0.0.1:1?tls=false',
    });
    const store = await openEventStore(elsewhere);
    expect(store.exclusive).toBe(false);
    await store.close();
    expect(() => backUpEvents(elsewhere, join(directory, 'copy.db'))).toThrow(
      /with the tools of that server/,
    );
  });

  it('takes a data directory that was made meanwhile', () => {
    // By the time that it comes to the whole path, making `new` has made it, as another process may.
    const again = `${directory}/new/.`;
    makeDirectory(again);
    expect(statSync(again).isDirectory()).toBe(true);
  });

  it('says what is wrong with a data directory that cannot be made', async () => {
    writeFileSync(join(directory, 'data'), 'a file is in the way');
    await expect(openEventStore(config())).rejects.toThrow(/the directory .*data cannot be made: .*EEXIST/);
  });

  it('says so when a power cut could take away a data directory that was made', () => {
    const { stderr, status } = spawnSync(
      process.execPath,
      ['--import', join(ROOT, 'test/files/unsound-directories.mjs'), join(ROOT, 'dist/main.js')],
      {
        encoding: 'utf8',
        // Only the directory that holds the name of the new one.
        env: { LEDGER_PORT: '0', LEDGER_DATA_DIR: join(directory, 'data'), UNSOUND_WITH: 'data' },
        timeout: 50_000,
      },
    );
    expect(stderr).toMatch(/the directory .*data cannot be made: .*EIO/);
    expect(status).toBe(1);
  });
});

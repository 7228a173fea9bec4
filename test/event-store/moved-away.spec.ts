import { copyFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '../../src/event-store/errors.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { newEvents, newStream } from '../contract/event-store.contract.js';
import { temporaryDirectory } from '../support/service.js';

const GONE = /events\.db was moved away or replaced .*: stop the service/;

describe('a log whose file is no longer where it was', () => {
  let directory: string;
  let file: string;
  let store: SqliteEventStore;

  const append = (): Promise<bigint> => store.append(newStream(), newEvents(1), 'no-stream');

  beforeEach(async () => {
    directory = temporaryDirectory();
    file = join(directory, 'events.db');
    store = await SqliteEventStore.open(file);
    await append();
    await store.check();
  });

  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  it.each<[string, () => void]>([
    ['removed', () => rmSync(file)],
    [
      'replaced',
      () => {
        copyFileSync(file, `${file}.copy`);
        renameSync(`${file}.copy`, file);
      },
    ],
  ])('takes no append that nobody would find again: %s', async (_, change) => {
    change();
    await expect(store.check()).rejects.toThrow(GONE);
    const refused = await append().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StoreUnavailable);
    expect(String(refused)).toMatch(GONE);
    await expect(store.deleteStream('profile-acme')).rejects.toThrow(GONE);
  });

  it('takes none after it was put back either: nobody knows who wrote it meanwhile', async () => {
    renameSync(file, `${file}.away`);
    await expect(append()).rejects.toThrow(GONE);
    renameSync(`${file}.away`, file);
    await expect(append()).rejects.toThrow(GONE);
    await expect(store.check()).rejects.toThrow(GONE);
  });

  it('can be opened again where it is now, and has all that was acknowledged', async () => {
    renameSync(file, `${file}.away`);
    renameSync(`${file}-wal`, `${file}.away-wal`);
    await store.close();
    store = await SqliteEventStore.open(`${file}.away`);
    expect(await store.head()).toBe(1n);
  });
});

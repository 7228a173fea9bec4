import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OutcomeUnknown } from '../../src/event-store/errors.js';
import { START } from '../../src/event-store/event-store.js';
import { backUp } from '../../src/event-store/sqlite/backup.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { openReadOnly, value } from '../../src/sqlite/database.js';
import { collect, newEvent, newEvents } from '../contract/event-store.contract.js';
import { temporaryDirectory } from '../support/service.js';

const NAME = 'Zebedee Quillfeather';

describe('an erased stream', () => {
  let directory: string;
  let file: string;
  let store: SqliteEventStore;
  beforeEach(async () => {
    directory = temporaryDirectory();
    file = join(directory, 'events.db');
    store = await SqliteEventStore.open(file);
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  const holdsTheName = (path: string): boolean => readFileSync(path).includes(NAME);

  it('leaves no byte of its events in the files of the log', async () => {
    for (let revision = -1; revision < 60; revision++) {
      const size = revision % 7 === 0 ? 9_000 : 10;
      const event = newEvent(`${NAME} ${'x'.repeat(size)}`);
      await store.append('profile-acme', [event], revision < 0 ? 'no-stream' : revision);
      await store.append(`mainAccount-${revision}`, newEvents(2), 'no-stream');
    }
    expect([file, `${file}-wal`].some(holdsTheName)).toBe(true);
    await store.deleteStream('profile-acme');
    expect([file, `${file}-wal`].map(holdsTheName)).toEqual([false, false]);
  });

  it('is not said to be gone while somebody still reads what it held', async () => {
    await store.append('profile-acme', [newEvent(NAME)], 'no-stream');
    const reading = openReadOnly(file);
    reading.exec('BEGIN');
    value(reading, 'SELECT count(*) FROM events');
    await expect(store.deleteStream('profile-acme')).rejects.toBeInstanceOf(OutcomeUnknown);
    await store.append('mainAccount-acme', newEvents(1), 'no-stream');
    reading.exec('ROLLBACK');
    reading.close();
    await store.deleteStream('profile-acme');
    expect([file, `${file}-wal`].map(holdsTheName)).toEqual([false, false]);
  });

  it('is gone with what was appended right before, though that was still to be answered', async () => {
    const appended = store.append('profile-acme', [newEvent(NAME)], 'no-stream');
    await store.deleteStream('profile-acme');
    expect(await appended).toBe(1n);
    expect(await collect(store.readStream('profile-acme'))).toEqual([]);
  });

  it('keeps its places in the log, so that none is used twice', async () => {
    await store.append('mainAccount-acme', newEvents(2), 'no-stream');
    await store.append('profile-acme', newEvents(3), 'no-stream');
    await store.deleteStream('profile-acme');
    await store.close();
    store = await SqliteEventStore.open(file);
    expect(await store.head()).toBe(5n);
    expect(await collect(store.readAll(START))).toHaveLength(2);
    for await (const { events, position, live } of store.follow(2n, AbortSignal.timeout(5_000))) {
      expect({ events, position, live }).toEqual({ events: [], position: 5n, live: true });
      break;
    }
    expect(await store.append('profile-acme', newEvents(1), 'no-stream')).toBe(6n);
  });

  it('answers an append that is sent again after the stream began anew', async () => {
    await store.append('profile-acme', newEvents(3), 'no-stream');
    await store.deleteStream('profile-acme');
    const again = newEvents(1);
    expect(await store.append('profile-acme', again, 'no-stream')).toBe(4n);
    expect(await store.append('profile-acme', again, 'no-stream')).toBe(4n);
  });

  it('is passed over by a backup, which holds nothing of it', async () => {
    await store.append('profile-acme', [newEvent(NAME)], 'no-stream');
    await store.append('mainAccount-acme', newEvents(1), 'no-stream');
    await store.deleteStream('profile-acme');
    const copy = join(directory, 'copy.db');
    backUp(file, copy);
    expect(holdsTheName(copy)).toBe(false);
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { eventStoreContract, newEvent, newStream } from './event-store.contract.js';

eventStoreContract('SQLite', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ledger-'));
  const file = join(directory, 'events.db');
  let store = await SqliteEventStore.open(file);
  return {
    store,
    reopen: async () => {
      await store.close();
      return (store = await SqliteEventStore.open(file));
    },
    dispose: async () => {
      await store.close();
      await rm(directory, { recursive: true });
    },
  };
});

it('takes no event with an id that it could not give back', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ledger-'));
  const store = await SqliteEventStore.open(join(directory, 'events.db'));
  const event = newEvent();
  for (const id of [event.id.toUpperCase(), event.id.slice(1), 'event-1', ''])
    await expect(store.append(newStream(), [{ ...event, id }], 'no-stream')).rejects.toThrow(TypeError);
  expect(await store.head()).toBe(0n);
  await store.close();
  await rm(directory, { recursive: true });
});

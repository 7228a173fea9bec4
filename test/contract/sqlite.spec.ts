import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { eventStoreContract } from './event-store.contract.js';

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

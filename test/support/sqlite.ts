import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { temporaryDirectory } from './service.js';

/** A store in a directory of its own, which goes when the store is closed. */
export async function openTestStore(): Promise<SqliteEventStore> {
  const directory = temporaryDirectory();
  const store = await SqliteEventStore.open(join(directory, 'events.db'));
  const close = store.close.bind(store);
  store.close = async () => {
    await close();
    rmSync(directory, { recursive: true, force: true });
  };
  return store;
}

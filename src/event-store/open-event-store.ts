import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/config.js';
import { StoreUnavailable } from './errors.js';
import type { EventReader, EventStore } from './event-store.js';
import { SqliteEventReader } from './sqlite/sqlite-event-reader.js';
import { SqliteEventStore } from './sqlite/sqlite-event-store.js';

type Choice = Pick<Config, 'store' | 'dataDir' | 'eventStoreDbUrl'>;

/** Where the embedded store keeps its log. */
export const eventsFile = (dataDir: string): string => join(dataDir, 'events.db');

/** The store that the configuration names. @throws StoreUnavailable with what is wrong and what to do */
export async function openEventStore(config: Choice): Promise<EventStore> {
  if (config.store === 'eventstoredb') return openEventStoreDb();
  makeDirectory(config.dataDir);
  return SqliteEventStore.open(eventsFile(config.dataDir));
}

/** The same log for reading only, in any thread or process, while the service writes it. @throws StoreUnavailable */
export async function openEventReader(config: Choice): Promise<EventReader> {
  if (config.store === 'eventstoredb') return openEventStoreDb();
  return SqliteEventReader.open(eventsFile(config.dataDir));
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StoreUnavailable(`the data directory ${directory} cannot be made: ${String(error)}`, {
      cause: error,
    });
  }
}

function openEventStoreDb(): never {
  throw new StoreUnavailable('this build has no EventStoreDB adapter: set LEDGER_STORE=sqlite');
}

import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from '../config/config.js';
import { syncNames } from '../files/small-file.js';
import { StoreUnavailable } from './errors.js';
import type { EventReader, EventStore } from './event-store.js';
import { backUp } from './sqlite/backup.js';
import { FileOwner } from './sqlite/file-owner.js';
import { SqliteEventReader } from './sqlite/sqlite-event-reader.js';
import { SqliteEventStore } from './sqlite/sqlite-event-store.js';

/** Where the embedded store keeps its log. */
const eventsFile = (dataDir: string): string => join(dataDir, 'events.db');

/** The store that the configuration names. @throws StoreUnavailable with what is wrong and what to do */
export async function openEventStore(config: Config): Promise<EventStore> {
  if (config.store === 'eventstoredb') return openEventStoreDb(config);
  makeDirectory(config.dataDir);
  return SqliteEventStore.open(eventsFile(config.dataDir));
}

/** The same log for reading only, in any thread or process, while the service writes it. @throws StoreUnavailable */
export async function openEventReader(config: Config): Promise<EventReader> {
  if (config.store === 'eventstoredb') return openEventStoreDb(config);
  return openEmbeddedReader(config);
}

/** The embedded store's log for reading only, also in parts. @throws StoreUnavailable */
export const openEmbeddedReader = ({ dataDir }: Config): SqliteEventReader =>
  SqliteEventReader.open(eventsFile(dataDir));

/**
 * Copies the embedded store's log to a new file, also while the service writes it.
 * @returns how many events the copy holds
 * @throws StoreUnavailable with what is wrong and what to do
 */
export function backUpEvents(config: Config, copy: string): number {
  if (config.store === 'eventstoredb')
    throw new StoreUnavailable('the log is in EventStoreDB: back it up with the tools of that server');
  return backUp(eventsFile(config.dataDir), copy);
}

/**
 * Makes the data directory and says that this process is its ledger. The embedded log has an owner anyway; but wherever
 * the log is, read models, keys and sessions have one writer too.
 * @throws StoreUnavailable while another process, or this one, is its ledger
 */
export function ownDirectory(directory: string): FileOwner {
  makeDirectory(directory);
  return FileOwner.claim(join(directory, 'ledger'), `the data directory ${directory}`);
}

/**
 * Makes the data directory, and those above it. One at a time: Node 20 tries for ever to make a whole path where none
 * can be made, such as in /proc.
 * @throws StoreUnavailable
 */
export function makeDirectory(directory: string): void {
  if (isDirectory(directory)) return;
  if (!existsSync(dirname(directory))) makeDirectory(dirname(directory));
  try {
    makeOne(directory);
    // Else a power cut could take it away with all that is in it.
    syncNames(dirname(directory));
  } catch (error) {
    throw new StoreUnavailable(`the directory ${directory} cannot be made: ${String(error)}`, {
      cause: error,
    });
  }
}

function makeOne(directory: string): void {
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    // Unless made meanwhile by another process, or as one above it: `new/.` is `new`.
    if (!isDirectory(directory)) throw error;
  }
}

const isDirectory = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

/** Loaded only when it is wanted: the embedded store needs nothing of its client. */
async function openEventStoreDb(config: Config): Promise<EventStore> {
  const adapter = await import('./eventstoredb/eventstoredb-event-store.js');
  return adapter.openEventStoreDb(config);
}

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach } from '@jest/globals';
import { auditBundle } from '../../../src/audit/bundle-audit.js';
import { BundleReader } from '../../../src/audit/bundle-reader.js';
import type { Selection } from '../../../src/audit/bundle.js';
import type { SqliteEventStore } from '../../../src/event-store/sqlite/sqlite-event-store.js';
import { temporaryDirectory } from '../../support/service.js';
import { openTestStore } from '../../support/sqlite.js';
import { goodLog } from './good-log.js';
import { storeLog } from './stored-log.js';

export const ALL: Selection = { mainAccounts: null, until: null };

interface BundledLog {
  directory: string;
  /** Where its bundle goes. */
  file: string;
  store: SqliteEventStore;
}

/** For each test a store of its own that holds the good log, and a directory for what is made of it. */
export function bundledLog(): Readonly<BundledLog> {
  const log = {} as BundledLog;
  beforeEach(async () => {
    log.directory = temporaryDirectory();
    log.file = join(log.directory, 'ledger.bundle');
    log.store = await openTestStore();
    await storeLog(log.store, goodLog());
  });
  afterEach(async () => {
    await log.store.close();
    rmSync(log.directory, { recursive: true });
  });
  return log;
}

/** What an audit finds in a bundle. */
export const problemsOf = async (file: string): Promise<string[]> =>
  (await auditBundle(new BundleReader(file))).findings.map(({ check, message }) => `${check}: ${message}`);

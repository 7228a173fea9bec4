import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../src/config/config.js';
import type { EventStore, Position } from '../../src/event-store/event-store.js';
import { openEventStore } from '../../src/event-store/open-event-store.js';
import { SqliteAccountsIndex } from '../../src/projections/accounts/sqlite-accounts-index.js';
import {
  GetMainAccountHandler,
  GetMainAccountQuery,
} from '../../src/projections/accounts/get-main-account.js';
import { GetSipAccountHandler, GetSipAccountQuery } from '../../src/projections/accounts/get-sip-account.js';
import { GetHistoryHandler, GetHistoryQuery } from '../../src/projections/history/get-history.js';
import { Projections } from '../../src/projections/projections.js';
import { ReadModels } from '../../src/projections/read-models.js';
import { Reads } from '../../src/projections/reads.js';
import { Supervisor } from '../../src/projections/supervisor.js';
import { Ledger, Notes } from './ledger.js';
import { temporaryDirectory } from './service.js';

export const testConfig = (dataDir: string, readWaitMs = 5000): Config => ({
  host: '127.0.0.1',
  port: 0,
  dataDir,
  store: 'sqlite',
  eventStoreDbUrl: undefined,
  bootstrapKey: undefined,
  rateLimit: 0,
  trustedProxies: [],
  shopUrl: undefined,
  logLevel: 'silent',
  readWaitMs,
  jwt: undefined,
});

/** Store, write side and read side on a directory, as the service has them, with the real thread. */
export class ReadSide {
  readonly models = new ReadModels();
  /** What the read side tells operators. */
  readonly notes = new Notes();
  readonly supervisor: Supervisor;
  readonly projections: Projections;
  readonly reads: Reads;
  readonly index: SqliteAccountsIndex;
  readonly ledger: Ledger;

  private constructor(
    readonly dataDir: string,
    readonly store: EventStore,
    config: Config,
  ) {
    this.supervisor = new Supervisor(config, this.models, this.notes);
    this.projections = new Projections(config, store, this.supervisor);
    this.reads = new Reads(store, this.models, this.projections, this.supervisor);
    this.index = new SqliteAccountsIndex(this.projections, this.models);
    this.ledger = new Ledger(store, this.index);
  }

  static async start(dataDir = temporaryDirectory(), readWaitMs?: number): Promise<ReadSide> {
    const config = testConfig(dataDir, readWaitMs);
    const side = new ReadSide(dataDir, await openEventStore(config), config);
    await side.supervisor.start();
    return side;
  }

  get file(): string {
    return join(this.dataDir, 'read-models.db');
  }

  async overview(mainAccountId: string, atLeast?: Position, page: { after?: string; limit?: number } = {}) {
    const query = new GetMainAccountQuery({ mainAccountId, atLeast, ...page });
    const { answer, ...freshness } = await new GetMainAccountHandler(this.reads).execute(query);
    return { ...answer, ...freshness };
  }

  async balance(mainAccountId: string, sipAccountId: string, atLeast?: Position) {
    const query = new GetSipAccountQuery({ mainAccountId, sipAccountId, atLeast });
    const { answer, ...freshness } = await new GetSipAccountHandler(this.reads).execute(query);
    return { ...answer, ...freshness };
  }

  history(mainAccountId: string, atLeast?: Position, page: { after?: string; limit?: number } = {}) {
    const query = new GetHistoryQuery({ mainAccountId, atLeast, ...page });
    return new GetHistoryHandler(this.reads).execute(query);
  }

  /** Resolves when every read model holds the whole log. */
  async caughtUp(): Promise<void> {
    const head = await this.store.head();
    for (const projection of ['accounts', 'conservation'])
      await this.projections.waitFor(projection, head, 10_000);
  }

  async close(): Promise<void> {
    await this.supervisor.close();
    await this.store.close();
  }

  async remove(): Promise<void> {
    await this.close();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

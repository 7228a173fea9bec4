import {
  Logger,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { Config } from '../config/config.js';
import { EventStore } from '../event-store/event-store.js';
import { LedgerObserver } from '../ledger/ledger-observer.js';
import { Reads } from '../projections/reads.js';
import { AuditWatch } from './audit-watch.js';
import { CheckpointKeys } from './checkpoint-keys.js';
import { checkpointFileIn, Checkpoints } from './checkpoints.js';

/** How often a checkpoint is published and conservation looked at, in milliseconds. */
const WATCH_EVERY_MS = 60_000;

const logger = new Logger('Audit');
const warn = (message: string): void => logger.warn(message);

/** What auditors get from the running service. `EventStore` and `LedgerObserver` come from the composition root. */
@Module({})
export class AuditModule implements OnApplicationBootstrap, OnApplicationShutdown {
  static forRoot(config: Config): DynamicModule {
    return {
      module: AuditModule,
      global: true,
      providers: [
        { provide: CheckpointKeys, useFactory: () => CheckpointKeys.open(config.dataDir, new Date(), warn) },
        {
          provide: Checkpoints,
          useFactory: (store: EventStore, reads: Reads, keys: CheckpointKeys) =>
            new Checkpoints(store, reads, keys, checkpointFileIn(config.dataDir)),
          inject: [EventStore, Reads, CheckpointKeys],
        },
        {
          provide: AuditWatch,
          useFactory: (checkpoints: Checkpoints, reads: Reads, observer: LedgerObserver) =>
            new AuditWatch(checkpoints, reads, observer),
          inject: [Checkpoints, Reads, LedgerObserver],
        },
      ],
      exports: [Checkpoints],
    };
  }

  constructor(private readonly watch: AuditWatch) {}

  onApplicationBootstrap(): void {
    this.watch.start(WATCH_EVERY_MS);
  }

  onApplicationShutdown(): Promise<void> {
    return this.watch.stop();
  }
}

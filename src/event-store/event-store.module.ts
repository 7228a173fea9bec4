import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { EventStore } from './event-store.js';
import { openEventStore } from './open-event-store.js';

/**
 * Gives everybody the store. Nest shuts modules down in the reverse order of their start, one after another, and
 * global ones last: the store is closed when all others have finished what they had in flight.
 */
@Module({})
export class EventStoreModule implements OnApplicationShutdown {
  constructor(private readonly store: EventStore) {}

  static forRoot(config: Config): DynamicModule {
    return {
      module: EventStoreModule,
      global: true,
      providers: [{ provide: EventStore, useFactory: () => openEventStore(config) }],
      exports: [EventStore],
    };
  }

  onApplicationShutdown(): Promise<void> {
    return this.store.close();
  }
}

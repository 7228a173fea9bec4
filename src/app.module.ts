import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { Logger } from 'pino';
import { ApiModule } from './api/api.module.js';
import { AuditModule } from './audit/audit.module.js';
import { AuthModule } from './auth/auth.module.js';
import type { Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { DashboardModule } from './dashboard/dashboard.module.js';
import { EventStoreModule } from './event-store/event-store.module.js';
import { LedgerModule } from './ledger/ledger.module.js';
import type { Metrics } from './operations/metrics.js';
import { MetricsModule, OperationsModule } from './operations/operations.module.js';
import { ProfilesModule } from './profiles/profiles.module.js';
import { ProjectionsModule } from './projections/projections.module.js';

/** Composition root: the whole service on one screen. Nobody but main.ts imports it. */
@Module({})
export class AppModule {
  static forRoot(config: Config, logger: Logger, metrics: Metrics): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config),
        CqrsModule.forRoot(),
        MetricsModule.forRoot(logger, metrics),
        EventStoreModule.forRoot(config),
        ProjectionsModule.forRoot(config),
        LedgerModule,
        AuditModule.forRoot(config),
        AuthModule,
        ApiModule,
        ProfilesModule,
        DashboardModule,
        OperationsModule,
      ],
    };
  }
}

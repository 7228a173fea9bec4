import { type DynamicModule, Module, type OnModuleInit } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import type { Logger } from 'pino';
import { Accounts } from '../ledger/accounts.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { LedgerObserver } from '../ledger/ledger-observer.js';
import { Projections } from '../projections/projections.js';
import { Reads } from '../projections/reads.js';
import { registerGauges } from './gauges.js';
import { HealthController } from './health.controller.js';
import { Metrics } from './metrics.js';
import { MetricsController } from './metrics.controller.js';
import { PrometheusObserver } from './prometheus-observer.js';
import { ReadModelsController } from './read-models.controller.js';

/** Gives everybody the metrics, and the write side its observer. */
@Module({})
export class MetricsModule {
  static forRoot(logger: Logger, metrics: Metrics): DynamicModule {
    return {
      module: MetricsModule,
      global: true,
      providers: [
        { provide: Metrics, useValue: metrics },
        { provide: LedgerObserver, useValue: new PrometheusObserver(metrics, logger) },
      ],
      exports: [Metrics, LedgerObserver],
    };
  }
}

/** What operators see of the running service. */
@Module({
  imports: [TerminusModule.forRoot({ logger: false }), LedgerModule],
  controllers: [HealthController, MetricsController, ReadModelsController],
})
export class OperationsModule implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly accounts: Accounts,
    private readonly projections: Projections,
    private readonly reads: Reads,
  ) {}

  onModuleInit(): void {
    registerGauges(this.metrics, this.accounts, this.projections, this.reads);
  }
}

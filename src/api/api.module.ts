import { Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { AuditController } from './audit.controller.js';
import { Bulk } from './bulk/bulk.js';
import { BulkController } from './bulk/bulk.controller.js';
import { CheckpointsController } from './checkpoints.controller.js';
import { CommandsController } from './commands.controller.js';
import { NamesController } from './names.controller.js';
import { ProblemFilter } from './problem.filter.js';
import { QueriesController } from './queries.controller.js';
import { RequestPipe } from './request.pipe.js';

/** The HTTP API. Its filter and its pipe hold for every controller of the application. */
@Module({
  imports: [CqrsModule],
  controllers: [
    CommandsController,
    BulkController,
    QueriesController,
    NamesController,
    AuditController,
    CheckpointsController,
  ],
  providers: [
    Bulk,
    ProblemFilter,
    RequestPipe,
    { provide: APP_FILTER, useExisting: ProblemFilter },
    { provide: APP_PIPE, useExisting: RequestPipe },
  ],
})
export class ApiModule {}

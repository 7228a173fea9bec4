import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AuditController } from './audit.controller.js';
import { CheckpointsController } from './checkpoints.controller.js';

/** The part of the API that auditors use. The filter and the pipe of the API hold here too. */
@Module({ imports: [CqrsModule], controllers: [AuditController, CheckpointsController] })
export class AuditApiModule {}

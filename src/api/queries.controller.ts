import { Controller, Get, Param, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Roles } from '../auth/decorators.js';
import { GetReceiptQuery } from '../ledger/queries/get-receipt.js';
import { receiptOf } from './booked.js';
import { CommandPath } from './requests/paths.js';

/** What is in the ledger. */
@ApiTags('Queries')
@Controller('v1/main-accounts')
export class QueriesController {
  constructor(private readonly queries: QueryBus) {}

  @Roles('billing', 'auditor', 'operator')
  @Get(':mainAccountId/commands/:idempotencyKey')
  async getReceipt(
    @Param() { mainAccountId, idempotencyKey }: CommandPath,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return receiptOf(reply, await this.queries.execute(new GetReceiptQuery(mainAccountId, idempotencyKey)));
  }
}

import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Roles } from '../auth/decorators.js';
import { GetReceiptQuery } from '../ledger/queries/get-receipt.js';
import { GetMainAccountQuery } from '../projections/accounts/get-main-account.js';
import { GetSipAccountQuery } from '../projections/accounts/get-sip-account.js';
import { ListMainAccountsQuery } from '../projections/accounts/list-main-accounts.js';
import { GetHistoryQuery } from '../projections/history/get-history.js';
import { ApiCorrelationId, POSITION_HEADER } from './api-command.js';
import { ApiProblems, CORRELATION_HEADER } from './api-problems.js';
import { ApiReadModelQuery } from './api-query.js';
import { receiptOf } from './booked.js';
import { AtLeast } from './headers.js';
import { PageRequest } from './requests/page.js';
import { CommandPath, MainAccountPath, SipAccountPath } from './requests/paths.js';
import { HistoryResponse } from './responses/history.js';
import { MainAccountListResponse, MainAccountResponse } from './responses/main-account.js';
import { ReceiptResponse } from './responses/receipt.js';
import { SipAccountResponse } from './responses/sip-account.js';

/** What is in the ledger. */
@ApiTags('Queries')
@Controller('v1/main-accounts')
export class QueriesController {
  constructor(private readonly queries: QueryBus) {}

  @ApiReadModelQuery('List the main accounts', MainAccountListResponse)
  @Roles('billing', 'auditor', 'operator')
  @Get()
  listMainAccounts(
    @Query() page: PageRequest,
    @AtLeast() atLeast: bigint | undefined,
  ): Promise<MainAccountListResponse> {
    return this.queries.execute(new ListMainAccountsQuery({ ...pageOf(page), atLeast }));
  }

  @ApiReadModelQuery(
    'Show a main account and its SIP accounts',
    MainAccountResponse,
    'main-account-not-found',
  )
  @Roles('billing', 'auditor', 'operator', 'customer')
  @Get(':mainAccountId')
  getMainAccount(
    @Param() { mainAccountId }: MainAccountPath,
    @Query() page: PageRequest,
    @AtLeast() atLeast: bigint | undefined,
  ): Promise<MainAccountResponse> {
    return this.queries.execute(new GetMainAccountQuery({ mainAccountId, ...pageOf(page), atLeast }));
  }

  @ApiReadModelQuery(
    'Show a SIP account',
    SipAccountResponse,
    'main-account-not-found',
    'sip-account-not-found',
  )
  @Roles('billing', 'auditor', 'operator', 'customer')
  @Get(':mainAccountId/sip-accounts/:sipAccountId')
  getSipAccount(
    @Param() { mainAccountId, sipAccountId }: SipAccountPath,
    @AtLeast() atLeast: bigint | undefined,
  ): Promise<SipAccountResponse> {
    return this.queries.execute(new GetSipAccountQuery({ mainAccountId, sipAccountId, atLeast }));
  }

  @ApiReadModelQuery('Show the history of a main account', HistoryResponse, 'main-account-not-found')
  @Roles('billing', 'auditor', 'operator', 'customer')
  @Get(':mainAccountId/history')
  getHistory(
    @Param() { mainAccountId }: MainAccountPath,
    @Query() page: PageRequest,
    @AtLeast() atLeast: bigint | undefined,
  ): Promise<HistoryResponse> {
    return this.queries.execute(new GetHistoryQuery({ mainAccountId, ...pageOf(page), atLeast }));
  }

  @ApiOperation({
    summary: 'Show the receipt of a command by its key',
    description: 'For a caller that lost the reply. It waits for a command of that key that is on its way.',
  })
  @ApiCorrelationId()
  @ApiOkResponse({
    description: 'The receipt, byte for byte as it was answered first',
    type: ReceiptResponse,
    headers: { ...CORRELATION_HEADER, ...POSITION_HEADER },
  })
  @ApiProblems(
    'invalid-request',
    'unauthenticated',
    'forbidden',
    'command-not-found',
    'too-many-requests',
    'internal-error',
    'issuer-unavailable',
    'store-unavailable',
    'outcome-unknown',
  )
  @Roles('billing', 'auditor', 'operator')
  @Get(':mainAccountId/commands/:idempotencyKey')
  async getReceipt(
    @Param() { mainAccountId, idempotencyKey }: CommandPath,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return receiptOf(reply, await this.queries.execute(new GetReceiptQuery(mainAccountId, idempotencyKey)));
  }
}

const pageOf = ({ after, limit }: PageRequest) => ({
  after,
  limit: limit === undefined ? limit : Number(limit),
});

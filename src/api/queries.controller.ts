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
import { GetPastMainAccountQuery } from '../projections/history/get-past-main-account.js';
import { GetPastSipAccountQuery } from '../projections/history/get-past-sip-account.js';
import type { PointInTime } from '../projections/history/point-in-time.js';
import { POSITION_HEADER } from './api-command.js';
import { ApiProblems } from './api-problems.js';
import { ApiReadModelQuery } from './api-query.js';
import { DirectRoute } from './direct-routes.js';
import { freshJson } from './fresh-json.js';
import { AtLeast } from './headers.js';
import { InvalidRequest } from './invalid-request.js';
import { receiptJson } from './receipt-json.js';
import { HistoryRequest } from './requests/history.js';
import { NoParameters } from './requests/no-parameters.js';
import { pageOf, PageRequest } from './requests/page.js';
import { CommandPath, MainAccountPath, SipAccountPath } from './requests/paths.js';
import { PastRequest, periodOf, PointRequest, utcOf } from './requests/time.js';
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

  @DirectRoute()
  @ApiReadModelQuery(
    'Show a main account and its SIP accounts',
    MainAccountResponse,
    'main-account-not-found',
  )
  @Roles('billing', 'auditor', 'operator', 'customer')
  @Get(':mainAccountId')
  async getMainAccount(
    @Param() { mainAccountId }: MainAccountPath,
    @Query() request: PastRequest,
    @AtLeast() atLeast: bigint | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MainAccountResponse | string> {
    const [page, point] = [pageOf(request), pointOf(request)];
    if (point)
      return this.queries.execute(new GetPastMainAccountQuery({ mainAccountId, ...page, point, atLeast }));
    return freshJson(
      reply,
      await this.queries.execute(new GetMainAccountQuery({ mainAccountId, ...page, atLeast })),
    );
  }

  @DirectRoute()
  @ApiReadModelQuery(
    'Show a SIP account',
    SipAccountResponse,
    'main-account-not-found',
    'sip-account-not-found',
  )
  @Roles('billing', 'auditor', 'operator', 'customer')
  @Get(':mainAccountId/sip-accounts/:sipAccountId')
  async getSipAccount(
    @Param() { mainAccountId, sipAccountId }: SipAccountPath,
    @Query() request: PointRequest,
    @AtLeast() atLeast: bigint | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SipAccountResponse | string> {
    const point = pointOf(request);
    if (point)
      return this.queries.execute(
        new GetPastSipAccountQuery({ mainAccountId, sipAccountId, point, atLeast }),
      );
    return freshJson(
      reply,
      await this.queries.execute(new GetSipAccountQuery({ mainAccountId, sipAccountId, atLeast })),
    );
  }

  @ApiReadModelQuery('Show the history of a main account', HistoryResponse, 'main-account-not-found')
  @Roles('billing', 'auditor', 'operator', 'customer')
  @Get(':mainAccountId/history')
  getHistory(
    @Param() { mainAccountId }: MainAccountPath,
    @Query() request: HistoryRequest,
    @AtLeast() atLeast: bigint | undefined,
  ): Promise<HistoryResponse> {
    const { sipAccountId, type, actor, order } = request;
    return this.queries.execute(
      new GetHistoryQuery({
        mainAccountId,
        ...pageOf(request),
        ...periodOf(request),
        sipAccountId,
        type,
        actor,
        atLeast,
        newestFirst: order === 'newest-first',
      }),
    );
  }

  @ApiOperation({
    summary: 'Show the receipt of a command by its key',
    description: 'For a caller that lost the reply. It waits for a command of that key that is on its way.',
  })
  @ApiOkResponse({
    description: 'The receipt, byte for byte as it was answered first',
    type: ReceiptResponse,
    headers: POSITION_HEADER,
  })
  @ApiProblems('invalid-request', 'command-not-found', 'store-unavailable', 'outcome-unknown')
  @Roles('billing', 'auditor', 'operator')
  @Get(':mainAccountId/commands/:idempotencyKey')
  async getReceipt(
    @Param() { mainAccountId, idempotencyKey }: CommandPath,
    @Query() _: NoParameters,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return receiptJson(reply, await this.queries.execute(new GetReceiptQuery(mainAccountId, idempotencyKey)));
  }
}

/** Undefined for now. Throws InvalidRequest when both are given. */
function pointOf({ asOf, atRevision }: PointRequest): PointInTime | undefined {
  if (asOf !== undefined && atRevision !== undefined)
    throw InvalidRequest.field('atRevision', 'Send asOf or atRevision, not both');
  if (asOf !== undefined) return { asOf: utcOf(asOf) };
  return atRevision === undefined ? undefined : { atRevision: Number(atRevision) };
}

import { Readable } from 'node:stream';
import { Controller, Get, Param, Query, StreamableFile } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiExtraModels, ApiOkResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { Roles } from '../auth/decorators.js';
import { GetConservationQuery } from '../projections/conservation/get-conservation.js';
import { GetStatementQuery, type GetStatement } from '../projections/history/get-statement.js';
import { GetStatementDiffQuery } from '../projections/history/get-statement-diff.js';
import { ApiReadModelQuery } from './api-query.js';
import { AtLeast } from './headers.js';
import { NoParameters } from './requests/no-parameters.js';
import { pageOf } from './requests/page.js';
import { MainAccountPath } from './requests/paths.js';
import { StatementDiffRequest, StatementRequest } from './requests/statement.js';
import { periodOf } from './requests/time.js';
import { ConservationResponse } from './responses/conservation.js';
import { StatementDiffResponse, StatementResponse } from './responses/statement.js';
import { statementCsv } from './statement-csv.js';

/** What auditors ask of a main account. */
@ApiTags('Audit')
@Controller('v1/main-accounts')
export class AuditController {
  constructor(private readonly queries: QueryBus) {}

  @ApiReadModelQuery(
    'Certify that what was purchased is what remains',
    ConservationResponse,
    'main-account-not-found',
  )
  @Roles('billing', 'auditor', 'operator', 'customer')
  @Get(':mainAccountId/conservation')
  getConservation(
    @Param() { mainAccountId }: MainAccountPath,
    @Query() _: NoParameters,
    @AtLeast() atLeast: bigint | undefined,
  ): Promise<ConservationResponse> {
    return this.queries.execute(new GetConservationQuery({ mainAccountId, atLeast }));
  }

  @ApiExtraModels(StatementResponse)
  @ApiOkResponse({
    description: 'The answer',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(StatementResponse) } },
      'text/csv': { schema: { type: 'string' } },
    },
  })
  @ApiReadModelQuery('Make a statement of a period', StatementResponse, 'main-account-not-found')
  @Roles('billing', 'auditor', 'operator', 'customer')
  @Get(':mainAccountId/statements')
  async getStatement(
    @Param() { mainAccountId }: MainAccountPath,
    @Query() request: StatementRequest,
    @AtLeast() atLeast: bigint | undefined,
  ): Promise<StatementResponse | StreamableFile> {
    const { from = BEFORE_ALL, until } = periodOf(request);
    const asked: GetStatement = { mainAccountId, from, until, ...pageOf(request), atLeast };
    if (request.format !== 'csv') return this.queries.execute(new GetStatementQuery(asked));
    const read = (after?: string) =>
      this.queries.execute(new GetStatementQuery({ ...asked, after, limit: 1000 }));
    return new StreamableFile(Readable.from(statementCsv(await read(), read)), {
      type: 'text/csv; charset=utf-8',
      disposition: `attachment; filename="statement-${mainAccountId}.csv"`,
    });
  }

  @ApiReadModelQuery(
    'List what has been added since a statement was made',
    StatementDiffResponse,
    'main-account-not-found',
    'not-found',
  )
  @Roles('billing', 'auditor', 'operator', 'customer')
  @Get(':mainAccountId/statements/diff')
  getStatementDiff(
    @Param() { mainAccountId }: MainAccountPath,
    @Query() request: StatementDiffRequest,
    @AtLeast() atLeast: bigint | undefined,
  ): Promise<StatementDiffResponse> {
    const { since } = request;
    return this.queries.execute(
      new GetStatementDiffQuery({ mainAccountId, since, ...pageOf(request), atLeast }),
    );
  }
}

const BEFORE_ALL = '1970-01-01T00:00:00.000Z';

import { Controller, Get, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Roles } from '../auth/decorators.js';
import { GetConservationQuery } from '../projections/conservation/get-conservation.js';
import { ApiReadModelQuery } from './api-query.js';
import { AtLeast } from './headers.js';
import { MainAccountPath } from './requests/paths.js';
import { ConservationResponse } from './responses/conservation.js';

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
    @AtLeast() atLeast: bigint | undefined,
  ): Promise<ConservationResponse> {
    return this.queries.execute(new GetConservationQuery({ mainAccountId, atLeast }));
  }
}

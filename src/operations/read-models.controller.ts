import { Controller, Get, Header, HttpCode, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { NoParameters } from '../api/requests/no-parameters.js';
import { OperatorsOnly } from '../auth/decorators.js';
import type { RebuildStatus } from '../projections/rebuild-status.js';
import { Projections } from '../projections/projections.js';
import { RebuildResponse } from './rebuild.response.js';

/** Operators have the read models built anew from the log. */
@ApiTags('Operations')
@OperatorsOnly()
@Controller('v1/read-models/rebuild')
export class ReadModelsController {
  constructor(private readonly projections: Projections) {}

  @Post()
  @HttpCode(202)
  @Header('Location', '/v1/read-models/rebuild')
  @ApiOperation({
    summary: 'Build the read models anew',
    description:
      'From the log, beside those in use, which answer until the new ones take their place. Sent again while it runs, it is the same rebuild. The read models of this replica only.',
  })
  @ApiAcceptedResponse({
    description: 'It runs',
    type: RebuildResponse,
    headers: { Location: { description: 'Where to ask how it goes', schema: { type: 'string' } } },
  })
  rebuildReadModels(@Query() _query: NoParameters): RebuildResponse {
    // How it ends is in the log, and in the answer to the query below.
    this.projections.rebuild().catch(() => undefined);
    return shown(this.projections.rebuildStatus);
  }

  @Get()
  @ApiOperation({ summary: 'Show the rebuild that runs, or the last one since the service started' })
  @ApiOkResponse({ type: RebuildResponse })
  getRebuild(@Query() _query: NoParameters): RebuildResponse {
    return shown(this.projections.rebuildStatus);
  }
}

function shown(status: RebuildStatus): RebuildResponse {
  switch (status.state) {
    case 'none':
      return { ...status, detail: 'The read models were not rebuilt since the service started.' };
    case 'running':
      return {
        ...status,
        detail: 'The read models are built anew beside those in use, which answer until then.',
      };
    case 'done':
      return { ...status, detail: 'The new read models are in use.' };
    case 'failed': {
      const { reason, ...times } = status;
      return { ...times, detail: `Those that were in use have stayed: ${reason}.` };
    }
  }
}

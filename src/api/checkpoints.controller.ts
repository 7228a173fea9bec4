import { applyDecorators, Controller, Get, Header, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Checkpoints } from '../audit/checkpoints.js';
import { Roles } from '../auth/decorators.js';
import { ApiProblems } from './api-problems.js';
import { ApiAtLeast, ApiReadModelQuery } from './api-query.js';
import { AtLeast } from './headers.js';
import { NoParameters } from './requests/no-parameters.js';
import { CheckpointPath, ConsistencyRequest, EventPath } from './requests/tree.js';
import { CheckpointKeysResponse, ConsistencyProofResponse, EventProofResponse } from './responses/proof.js';

const ApiNote = (summary: string): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary,
      description: 'A signed note: origin, size and root, a line each, and the signature.',
    }),
    ApiAtLeast(),
    ApiOkResponse({
      description: 'The checkpoint',
      content: { 'text/plain': { schema: { type: 'string' } } },
    }),
    ApiProblems('invalid-request', 'not-found', 'conflict', 'store-unavailable', 'read-model-behind'),
  );

/** Signed tree heads, and proofs that lead to them. */
@ApiTags('Proofs')
@Controller('v1')
export class CheckpointsController {
  constructor(private readonly checkpoints: Checkpoints) {}

  @ApiNote('Sign the log as it is now')
  @Roles('billing', 'auditor', 'operator')
  @Header('content-type', 'text/plain; charset=utf-8')
  @Get('checkpoints/latest')
  getLatestCheckpoint(@Query() _: NoParameters, @AtLeast() atLeast: bigint | undefined): Promise<string> {
    return this.checkpoints.latest(atLeast);
  }

  @ApiOperation({ summary: 'Show the public keys that sign checkpoints' })
  @ApiOkResponse({ description: 'The answer', type: CheckpointKeysResponse })
  @ApiProblems('invalid-request')
  @Roles('billing', 'auditor', 'operator')
  @Get('checkpoints/keys')
  getCheckpointKeys(@Query() _query: NoParameters): CheckpointKeysResponse {
    const { origin, published } = this.checkpoints.keys;
    return { origin, keys: published };
  }

  @ApiReadModelQuery(
    'Prove that nothing before an older checkpoint was changed',
    ConsistencyProofResponse,
    'not-found',
    'conflict',
  )
  @Roles('billing', 'auditor', 'operator')
  @Get('checkpoints/consistency')
  getConsistencyProof(
    @Query() { from, to }: ConsistencyRequest,
    @AtLeast() atLeast: bigint | undefined,
  ): Promise<ConsistencyProofResponse> {
    return this.checkpoints.consistency(Number(from), to === undefined ? undefined : Number(to), atLeast);
  }

  @ApiNote('Sign the log as it was at a size')
  @Roles('billing', 'auditor', 'operator')
  @Header('content-type', 'text/plain; charset=utf-8')
  @Get('checkpoints/:size')
  getCheckpoint(
    @Param() { size }: CheckpointPath,
    @Query() _: NoParameters,
    @AtLeast() atLeast: bigint | undefined,
  ): Promise<string> {
    return this.checkpoints.at(Number(size), atLeast);
  }

  @ApiReadModelQuery(
    'Prove that an event is in the log',
    EventProofResponse,
    'not-found',
    'main-account-not-found',
    'conflict',
  )
  @Roles('billing', 'auditor', 'operator', 'customer')
  @Get('main-accounts/:mainAccountId/events/:revision/proof')
  getEventProof(
    @Param() { mainAccountId, revision }: EventPath,
    @Query() _: NoParameters,
    @AtLeast() atLeast: bigint | undefined,
  ): Promise<EventProofResponse> {
    return this.checkpoints.event(mainAccountId, Number(revision), atLeast);
  }
}
